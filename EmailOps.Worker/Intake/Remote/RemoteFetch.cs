using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Intake.Remote;

/// <summary>
/// Fetches mails by a provider's API and stores them. What goes wrong with one mail stays with it: it gets its line in the ledger, with its head where the
/// provider gives that, and can be asked for again. What came before a connection broke is stored all the same.
/// </summary>
internal sealed class RemoteFetch(RemoteContext context, MailboxFolder folder)
{
    /// <summary>So many mails in a row that the provider does not give are a provider out of order, not bad mails.</summary>
    private const int MaxMissingInARow = 10;
    private int _missingInARow;

    /// <summary>Ids that were not there any more.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <returns>Lines of the ledger written.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        await using var pipe = new MailPipe(context.Intake, context.Mailbox.Id, () => null, cancel);
        try
        {
            var suspects = context.Suspects.All.Where(p => p.Folder == folder.Id).Select(p => p.Id).Intersect(ids, StringComparer.Ordinal).ToList();
            await SetAsync(pipe, suspects.Count == 0 ? ids : [.. ids.Except(suspects, StringComparer.Ordinal)], cancel);
            foreach (var suspect in suspects) await SuspectAsync(pipe, suspect, cancel);
        }
        catch (RemoteException)
        {
            await pipe.CompleteAsync();
            throw;
        }
        await pipe.CompleteAsync();
        return pipe.Stored;
    }

    private async Task SetAsync(MailPipe pipe, IReadOnlyList<string> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return;
        var waiting = ids.ToHashSet(StringComparer.Ordinal);
        var refused = new List<RemoteMail>();
        try
        {
            await foreach (var mail in context.Client.FetchAsync(ids, cancel))
            {
                waiting.Remove(mail.Id);
                if (mail.IsGone)
                {
                    Gone.Add(mail.Id);
                }
                else if (mail.Raw is null)
                {
                    refused.Add(mail);
                }
                else
                {
                    _missingInARow = 0;
                    await pipe.AddAsync(Offered(mail, mail.Raw));
                    pipe.Offer();
                }
            }
        }
        catch (RemoteException broken) when (broken.IsOutage && ids.FirstOrDefault(waiting.Contains) is { } first)
        {
            context.Suspects.Broke(Place(first));
            throw;
        }
        foreach (var mail in refused) await MissingAsync(pipe, mail.Id, mail.Problem ?? "The provider lists this mail and does not hand it out.", cancel);
    }

    /// <summary>A mail at which the connection broke before: alone, then its head only, then not at all.</summary>
    private async Task SuspectAsync(MailPipe pipe, string id, CancellationToken cancel)
    {
        var breaks = context.Suspects.Breaks(Place(id));
        if (breaks < Suspicion.HeadOnly)
        {
            await SetAsync(pipe, [id], cancel);
        }
        else
        {
            var reason = $"The connection to the provider broke {breaks} times in a row while it handed out this mail.";
            if (breaks >= Suspicion.GiveUp)
            {
                await AddMissingAsync(pipe, new RemoteMail(id, null, null, 0), reason);
            }
            else
            {
                try
                {
                    await MissingAsync(pipe, id, reason, cancel);
                }
                catch (RemoteException broken) when (broken.IsOutage)
                {
                    context.Suspects.Broke(Place(id));
                    throw;
                }
            }
        }
        context.Suspects.Clear(Place(id));
    }

    /// <summary>Asks for the head of a mail that cannot be had whole, so that people see whose it is.</summary>
    private async Task MissingAsync(MailPipe pipe, string id, string reason, CancellationToken cancel)
    {
        if (++_missingInARow > MaxMissingInARow) throw new IntakeException($"The provider gives none of {MaxMissingInARow} mails in a row: {reason}");
        var head = new RemoteMail(id, null, null, 0);
        try
        {
            head = await context.Client.HeadAsync(id, cancel);
        }
        catch (RemoteException refusal) when (refusal.Failure is RemoteFailure.Refused or RemoteFailure.Forbidden or RemoteFailure.ServerError)
        {
            reason += $" Nor its header: {refusal.Message}";
        }
        if (head.IsGone) Gone.Add(id);
        else await AddMissingAsync(pipe, head, reason);
    }

    private async Task AddMissingAsync(MailPipe pipe, RemoteMail head, string reason)
    {
        var kept = head.Raw is { Length: > 0 } ? " Its header is kept." : "";
        var mail = new OfferedMail(Origin(head.Id), head.Raw, Math.Max(head.Size, (head.Raw?.Length ?? 0) + 1), $"{reason}{kept} Retry fetches it again.", ServerPlace.Remote(folder.Id, head.Id, head.Thread, isMissing: true));
        IntakeLog.MailMissing(context.Log, context.Mailbox.Address, mail.Origin, reason);
        await pipe.AddAsync(mail);
    }

    private OfferedMail Offered(RemoteMail mail, byte[] raw)
    {
        var problem = mail.IsCut
            ? $"It has {mail.Size:N0} bytes, more than Intake:MaxMessageBytes allows ({context.Intake.Options.MaxMessageBytes:N0}); only its beginning is kept. Raise the limit and retry to fetch it whole."
            : null;
        return new OfferedMail(Origin(mail.Id), raw, mail.Size, problem, ServerPlace.Remote(folder.Id, mail.Id, mail.Thread, mail.IsCut));
    }

    private RemotePlace Place(string id) => new(folder.Id, id);

    private string Origin(string id) => $"{folder.Name}#{id}";
}
