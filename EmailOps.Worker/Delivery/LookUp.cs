using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// A reply was found in Sending and nobody has it in hand: its worker ended, or the server never answered. The Sent folder is asked, where providers save
/// what they took. Not there, a person is: nothing is ever sent again by itself.
/// </summary>
internal sealed class LookUp(OutboxResults results, MailboxAccess access, WayOut wayOut, DeliveryOptions options, IHostApplicationLifetime life, TimeProvider clock, ILogger<LookUp> log)
{
    private const string Ask = "Ask the correspondent, or look in the server's log; then say that it arrived, or send it again.";
    /// <summary>Pauses between looks.</summary>
    private static readonly TimeSpan s_saving = TimeSpan.FromSeconds(10), s_unreachable = TimeSpan.FromSeconds(30);
    /// <summary>How far clocks, and the beginning of the attempt from its worker's last word, may be apart.</summary>
    private static readonly TimeSpan s_clocks = TimeSpan.FromDays(1);

    /// <param name="IsThere">Null: it could not be looked at.</param>
    /// <param name="SavesByItself">What is not there may yet come.</param>
    /// <param name="Problem">Why it could not be looked at; null where there is no folder to look at.</param>
    private sealed record Finding(bool? IsThere, bool SavesByItself = false, string? Problem = null);

    public async Task RunAsync(Departure reply, Turn turn, CancellationToken cancel)
    {
        var silent = turn.Now - turn.HeardAt;
        var finding = await FindAsync(reply, turn.HeardAt - s_clocks, cancel);
        DeliveryLog.LookedUp(log, reply.Id, finding.IsThere switch { true => "it is in the Sent folder", false => "it is not in the Sent folder", null => finding.Problem ?? "there is no Sent folder to look at" });
        await (finding switch
        {
            { IsThere: true } => results.SentAsync(reply, null, "The answer of the server was lost; the reply was found in the Sent folder.", cancel),
            { IsThere: false, SavesByItself: true } when silent < options.LookFor => results.LookAgainAsync(reply, "The answer of the server was lost. Looking in the Sent folder.", s_saving, cancel),
            { IsThere: false } => results.UnknownAsync(reply, $"The answer of the server was lost, and the reply is not in the Sent folder. {Ask}", cancel),
            { Problem: { } problem } when silent < options.LookAgainFor => results.LookAgainAsync(reply, $"The answer of the server was lost, and the Sent folder cannot be looked at yet: {problem}", s_unreachable, cancel),
            { Problem: { } problem } => results.UnknownAsync(reply, $"The answer of the server was lost, and the Sent folder could not be looked at: {problem} {Ask}", cancel),
            _ => results.UnknownAsync(reply, $"The answer of the server was lost, and the mailbox has no Sent folder to look at. {Ask}", cancel),
        });
    }

    /// <summary>Looks wherever it may have left: by the mailbox's own way and by its fallback. It is not there only if nobody who could be asked has it.</summary>
    private async Task<Finding> FindAsync(Departure reply, DateTimeOffset since, CancellationToken cancel)
    {
        try
        {
            if (await access.OpenAsync(reply.MailboxId, cancel) is not { } mailbox) return new Finding(null);
            Finding? all = null;
            foreach (var way in wayOut.Looked(mailbox.Settings))
            {
                var found = await FindAsync(reply, mailbox, way, since);
                if (found.IsThere == true) return found;
                // Of two, the one that could not look weighs more.
                if (all is null || found.IsThere is null) all = found;
            }
            return all ?? new Finding(null);
        }
        catch (Exception failure) when (failure is SecretsKeyException or RemoteException)
        {
            return new Finding(null, Problem: failure.Message);
        }
    }

    private async Task<Finding> FindAsync(Departure reply, OpenedMailbox mailbox, MailboxProvider way, DateTimeOffset since)
    {
        try
        {
            if (way.IsRemote())
            {
                await using var remote = wayOut.Open(mailbox, way);
                return new Finding(await remote.WasSentAsync(new RemoteReply(reply.InternetMessageId, reply.Recipient, reply.Raw, null, null, since), life.ApplicationStopping), SavesByItself: true);
            }
            await using var folder = await SentFolder.OpenAsync(mailbox, mailbox.Settings.Imap!, clock, life.ApplicationStopping);
            // Where we make the copies ourselves, none is there before the reply counts as sent.
            return new Finding(await folder.HasAsync(reply.InternetMessageId, life.ApplicationStopping), SavesByItself: !mailbox.Settings.KeepsCopies());
        }
        catch (Exception failure) when (failure is MailConnectionException or ImapCommandException or RemoteException)
        {
            return new Finding(null, Problem: failure.Message);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            return new Finding(null, Problem: "EmailOps was stopped.");
        }
    }
}
