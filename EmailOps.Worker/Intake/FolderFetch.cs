using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;

namespace EmailOps.Worker.Intake;

/// <summary>
/// Fetches mails of the open folder and stores them. What goes wrong with one mail stays with it: it gets its line in the ledger, with its head where
/// the server gives that, and can be asked for again. What came before a connection broke is stored all the same.
/// </summary>
internal sealed class FolderFetch(ReadingContext context, MailboxFolder folder, uint uidValidity)
{
    /// <summary>So many mails in a row that the server does not give are a server out of order, not bad mails.</summary>
    private const int MaxMissingInARow = 10;
    private static readonly ImapFetch Whole = new() { OwnedBytes = true };
    private static readonly ImapFetch Head = new() { OwnedBytes = true, Content = ImapFetchContent.Header };
    private int _missingInARow;

    /// <param name="end">The folder's progress once all are stored; null when these are not the next ones.</param>
    /// <returns>Lines of the ledger written.</returns>
    public async Task<int> RunAsync(UidSet uids, uint? end, CancellationToken cancel)
    {
        var frontier = new Frontier(uids, end ?? 0);
        await using var pipe = new MailPipe(context.Intake, context.Mailbox.Id, () => end is null ? null : new FolderProgress(folder.Id, uidValidity, frontier.Next), cancel);
        try
        {
            var suspects = context.Suspects.All.Where(p => p.Folder == folder.Id && p.Validity == uidValidity && uids.Contains(p.Uid)).Select(p => p.Uid).Order().ToList();
            await SetAsync(pipe, frontier, suspects.Count == 0 ? uids : uids.Except(UidSet.Of(suspects)), cancel);
            foreach (var suspect in suspects) await SuspectAsync(pipe, frontier, suspect, cancel);
        }
        catch (MailConnectionException)
        {
            await pipe.CompleteAsync();
            throw;
        }
        await pipe.CompleteAsync();
        if (end is { } next) await context.Folders.AdvanceAsync(new FolderProgress(folder.Id, uidValidity, next), cancel);
        return pipe.Stored;
    }

    private async Task SetAsync(MailPipe pipe, Frontier frontier, UidSet uids, CancellationToken cancel)
    {
        if (uids.IsEmpty) return;
        var delivered = new List<uint>();
        var own = new Frontier(uids, 0);
        var refused = new List<(uint Uid, string Reason)>();
        ImapCommandException? failure = null;
        try
        {
            await foreach (var message in context.Client.FetchAsync(uids, Whole, cancel))
            {
                using (message)
                {
                    delivered.Add(message.Uid);
                    own.Done(message.Uid);
                    if (message.Problem is { } problem)
                    {
                        refused.Add((message.Uid, problem));
                        continue;
                    }
                    _missingInARow = 0;
                    await pipe.AddAsync(Offered(message));
                    frontier.Done(message.Uid);
                    pipe.Offer();
                }
            }
        }
        catch (MailConnectionException) when (own.Next != 0)
        {
            context.Suspects.Broke(Place(own.Next));
            throw;
        }
        catch (ImapCommandException refusal) when (!refusal.IsTemporary)
        {
            failure = refusal;
        }
        foreach (var (uid, reason) in refused) await MissingAsync(pipe, frontier, uid, reason, cancel);
        var left = uids.Except(UidSet.Of(delivered));
        if (!left.IsEmpty) await LeftAsync(pipe, frontier, left, failure, cancel);
    }

    /// <summary>What the server did not hand out: gone meanwhile, or refused together with others and asked for in halves until the bad one stands alone.</summary>
    private async Task LeftAsync(MailPipe pipe, Frontier frontier, UidSet left, ImapCommandException? failure, CancellationToken cancel)
    {
        var there = await context.Client.SearchAsync(new ImapSearch { Among = left }, cancel);
        foreach (var gone in left.Except(there)) frontier.Done(gone);
        if (there.Count == 1)
        {
            await MissingAsync(pipe, frontier, there.Last, failure?.Message ?? "The server lists this mail and does not hand it out.", cancel);
            return;
        }
        foreach (var half in there.Windows((int)Math.Min((there.Count + 1) / 2, 1000))) await SetAsync(pipe, frontier, half, cancel);
    }

    /// <summary>A mail at which the connection broke before: alone, then its head only, then not at all.</summary>
    private async Task SuspectAsync(MailPipe pipe, Frontier frontier, uint uid, CancellationToken cancel)
    {
        var breaks = context.Suspects.Breaks(Place(uid));
        if (breaks < Suspicion.HeadOnly)
        {
            await SetAsync(pipe, frontier, UidSet.Of(uid), cancel);
        }
        else
        {
            var reason = $"The connection to the server broke {breaks} times in a row while it handed out this mail.";
            if (breaks >= Suspicion.GiveUp)
            {
                await AddMissingAsync(pipe, frontier, uid, default, 0, reason);
            }
            else
            {
                try
                {
                    await MissingAsync(pipe, frontier, uid, reason, cancel);
                }
                catch (MailConnectionException)
                {
                    context.Suspects.Broke(Place(uid));
                    throw;
                }
            }
        }
        context.Suspects.Clear(Place(uid));
    }

    /// <summary>Asks for the head of a mail that cannot be had whole, so that people see whose it is.</summary>
    private async Task MissingAsync(MailPipe pipe, Frontier frontier, uint uid, string reason, CancellationToken cancel)
    {
        if (++_missingInARow > MaxMissingInARow) throw new IntakeException($"The server gives none of {MaxMissingInARow} mails in a row: {reason}");
        var (head, size) = (Array.Empty<byte>(), 0L);
        try
        {
            await foreach (var message in context.Client.FetchAsync(UidSet.Of(uid), Head, cancel))
            {
                using (message) (head, size) = (message.TakeArray(), message.Size);
            }
        }
        catch (ImapCommandException refusal) when (!refusal.IsTemporary)
        {
            reason += $" Nor its header: {refusal.ServerText}";
        }
        await AddMissingAsync(pipe, frontier, uid, head, size, reason);
    }

    private async Task AddMissingAsync(MailPipe pipe, Frontier frontier, uint uid, byte[]? head, long size, string reason)
    {
        var kept = head is { Length: > 0 } ? " Its header is kept." : "";
        var mail = new OfferedMail(Origin(uid), head, Math.Max(size, (head?.Length ?? 0) + 1), $"{reason}{kept} Retry fetches it again.", new ServerPlace(folder.Id, uidValidity, uid, IsMissing: true));
        IntakeLog.MailMissing(context.Log, context.Mailbox.Address, mail.Origin, reason);
        await pipe.AddAsync(mail);
        frontier.Done(uid);
    }

    private OfferedMail Offered(ImapMessage message)
    {
        var problem = message.IsCut
            ? $"It has {message.Size:N0} bytes, more than Intake:MaxMessageBytes allows ({context.Intake.Options.MaxMessageBytes:N0}); only its beginning is kept. Raise the limit and retry to fetch it whole."
            : null;
        return new OfferedMail(Origin(message.Uid), message.TakeArray(), message.Size, problem, new ServerPlace(folder.Id, uidValidity, message.Uid, message.IsCut));
    }

    private ImapPlace Place(uint uid) => new(folder.Id, uidValidity, uid);

    private string Origin(uint uid) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{folder.Name}#{uid}");
}
