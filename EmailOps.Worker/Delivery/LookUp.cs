using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Mailboxes;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// A reply was found in Sending and nobody has it in hand: its worker ended, or the server never answered. The Sent folder is asked, where providers save
/// what they took. Not there, a person is: nothing is ever sent again by itself.
/// </summary>
internal sealed class LookUp(OutboxResults results, MailboxAccess access, DeliveryOptions options, IHostApplicationLifetime life, TimeProvider clock, ILogger<LookUp> log)
{
    private const string Ask = "Ask the correspondent, or look in the server's log; then say that it arrived, or send it again.";
    /// <summary>Pauses between looks.</summary>
    private static readonly TimeSpan s_saving = TimeSpan.FromSeconds(10), s_unreachable = TimeSpan.FromSeconds(30);

    /// <param name="IsThere">Null: it could not be looked at.</param>
    /// <param name="SavesByItself">What is not there may yet come.</param>
    /// <param name="Problem">Why it could not be looked at; null where there is no folder to look at.</param>
    private sealed record Finding(bool? IsThere, bool SavesByItself = false, string? Problem = null);

    public async Task RunAsync(Departure reply, Turn turn, CancellationToken cancel)
    {
        var silent = turn.Now - turn.HeardAt;
        var finding = await FindAsync(reply, cancel);
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

    private async Task<Finding> FindAsync(Departure reply, CancellationToken cancel)
    {
        try
        {
            if (await access.OpenAsync(reply.MailboxId, cancel) is not { Settings.Imap: { } imap } mailbox) return new Finding(null);
            await using var folder = await SentFolder.OpenAsync(mailbox, imap, clock, life.ApplicationStopping);
            // Where we make the copies ourselves, none is there before the reply counts as sent.
            return new Finding(await folder.HasAsync(reply.InternetMessageId, life.ApplicationStopping), SavesByItself: !mailbox.Settings.SaveSent);
        }
        catch (Exception failure) when (failure is MailConnectionException or ImapCommandException or SecretsKeyException)
        {
            return new Finding(null, Problem: failure.Message);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            return new Finding(null, Problem: "EmailOps was stopped.");
        }
    }
}
