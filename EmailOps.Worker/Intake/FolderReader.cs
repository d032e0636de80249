using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Mail.Imap;

namespace EmailOps.Worker.Intake;

/// <summary>Reads one folder over one connection: opens it, finds what is new by UID, stores it, and does with it on the server what the mailbox asks for.</summary>
internal sealed class FolderReader(ReadingContext context, MailboxFolder folder) : IFolderReader
{
    private const int HandledAtOnce = 500;
    private MailboxFolder _folder = folder;
    private uint _validity;
    private bool _isCaughtUp;

    public string Name => _folder.Name;
    public long Id => _folder.Id;

    /// <summary>Why it cannot be read just now; null when it can.</summary>
    public string? Problem { get; private set; }

    private bool ChangesServer => context.Mailbox.Settings.AfterStored != AfterStored.Leave;

    /// <summary>Opens it unless it is open. A folder that was made anew starts at its first UID; copies are told by content.</summary>
    /// <returns>False when the server does not open it: that is this folder's problem and nobody else's.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancel)
    {
        if (context.Client.Folder?.Name == Name) return true;
        ImapFolder open;
        try
        {
            // EXAMINE: nothing changes on the server because we looked.
            open = await context.Client.SelectAsync(Name, readOnly: !ChangesServer, cancel: cancel);
        }
        catch (ImapCommandException refusal) when (!refusal.IsTemporary)
        {
            await FailAsync($"The server does not open it: {refusal.ServerText} Was it renamed or deleted? Name the folders to read in the mailbox's settings.", cancel);
            return false;
        }
        await ValidateAsync(open, cancel);
        Problem = null;
        await context.Folders.OpenedAsync(_folder.Id, open.Exists, open.HighestModSeq == 0 ? null : open.HighestModSeq, cancel);
        return true;
    }

    private async Task ValidateAsync(ImapFolder open, CancellationToken cancel)
    {
        _validity = open.UidValidity;
        if (_folder.UidValidity is { } known && known == _validity)
        {
            if (open.UidNext > 0 && open.UidNext < _folder.UidNext) await RewindAsync(open.UidNext, cancel);
            return;
        }
        string? note = null;
        if (_folder.UidValidity is { } before)
        {
            note = $"The server numbered the mails of {Name} anew (UIDVALIDITY {before} became {_validity}, seen {context.Clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC); all were compared again, copies were recognised.";
            IntakeLog.FolderRestarted(context.Log, context.Mailbox.Address, note);
        }
        await context.Folders.StartAsync(_folder.Id, _validity, note, cancel);
        context.Status.Gap(Name, 0);
        (_folder, _isCaughtUp) = (_folder with { UidValidity = _validity, UidNext = 1, Gap = 0 }, false);
    }

    /// <summary>A server that came back from an old backup may give UIDs anew without saying so. Where nothing lies beyond its count, ours goes back too.</summary>
    private async Task RewindAsync(uint uidNext, CancellationToken cancel)
    {
        if (!(await context.Client.SearchAsync(ImapSearch.NewFrom(uidNext), cancel)).IsEmpty) return;
        var note = $"The server counts the mails of {Name} from {uidNext} again, where {_folder.UidNext} was reached before (seen {context.Clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC): was it restored from a backup? What comes is read as new; copies are recognised.";
        IntakeLog.FolderRestarted(context.Log, context.Mailbox.Address, note);
        await context.Folders.RewindAsync(_folder.Id, _validity, uidNext, note, cancel);
        _folder = _folder with { UidNext = uidNext };
    }

    /// <summary>Reads all that is new in the open folder.</summary>
    /// <returns>Lines of the ledger written.</returns>
    public async Task<int> CatchUpAsync(CancellationToken cancel)
    {
        var listed = await context.Client.SearchAsync(ImapSearch.NewFrom(_folder.UidNext), cancel);
        // Beyond the count lie lines only where a former attempt ended in the middle.
        var known = _isCaughtUp || listed.IsEmpty ? [] : await context.Folders.KnownAsync(_folder.Id, _validity, _folder.UidNext, listed.Last, cancel);
        var wanted = known.Count == 0 ? listed : listed.Except(UidSet.Of(known));
        var end = Math.Max(Math.Max(_folder.UidNext, context.Client.Folder?.UidNext ?? 0), listed.IsEmpty ? 1 : listed.Last + 1);
        var stored = 0;
        if (!wanted.IsEmpty) stored = await new FolderFetch(context, _folder, _validity).RunAsync(wanted, end, cancel);
        else if (end > _folder.UidNext) await context.Folders.AdvanceAsync(new(_folder.Id, _validity, end), cancel);
        (_folder, _isCaughtUp) = (_folder with { UidNext = end }, true);
        if (stored > 0) IntakeLog.News(context.Log, context.Mailbox.Address, Name, stored);
        if (ChangesServer) await HandleAsync(cancel);
        return stored;
    }

    /// <summary>Whether the folder has anything new, without opening it.</summary>
    public async Task<bool> HasNewsAsync(CancellationToken cancel)
    {
        if (context.Client.Folder?.Name == Name) return false; // the one that is watched
        try
        {
            var status = await context.Client.StatusAsync(Name, cancel);
            return Problem is not null || status.UidNext != _folder.UidNext || status.UidValidity != _folder.UidValidity;
        }
        catch (ImapCommandException refusal) when (!refusal.IsTemporary)
        {
            return true; // opening it says why
        }
    }

    /// <summary>Flags or moves what is stored and not yet flagged or moved, also what a killed worker left.</summary>
    private async Task HandleAsync(CancellationToken cancel)
    {
        try
        {
            while (await context.Folders.UnhandledAsync(_folder.Id, _validity, HandledAtOnce, cancel) is { Count: > 0 } uids)
            {
                var set = UidSet.Of(uids);
                if (context.Mailbox.Settings.AfterStored == AfterStored.MarkSeen)
                    await context.Client.StoreAsync(set, ImapStoreMode.Add, ImapFlags.Seen, cancel: cancel);
                else if (await context.Client.SearchAsync(new ImapSearch { Among = set }, cancel) is { IsEmpty: false } there)
                    await context.Client.MoveAsync(there, context.Mailbox.Settings.MoveTo!, cancel);
                await context.Folders.HandledAsync(_folder.Id, _validity, uids, cancel);
            }
        }
        catch (ImapCommandException refusal) when (!refusal.IsTemporary)
        {
            var what = context.Mailbox.Settings.AfterStored == AfterStored.MarkSeen ? "mark stored mail as read" : $"move stored mail to {context.Mailbox.Settings.MoveTo}";
            await FailAsync($"Mail is read and stored, but the server does not let us {what}: {refusal.ServerText}", cancel);
        }
    }

    /// <summary>Fetches mails again that the server did not hand out whole.</summary>
    /// <param name="all">Those of which it gave nothing; else only what people asked for.</param>
    public async Task FetchAgainAsync(bool all, CancellationToken cancel)
    {
        if (_folder.UidValidity is not { } validity) return;
        var uids = await context.Folders.WantedAsync(_folder.Id, validity, cancel);
        if (all) uids.AddRange(await context.Folders.RefusedAsync(_folder.Id, validity, cancel));
        if (uids.Count == 0 || !await OpenAsync(cancel) || _validity != validity) return;
        await new FolderFetch(context, _folder, _validity).RunAsync(UidSet.Of(uids), null, cancel);
        await context.Folders.TriedAsync(_folder.Id, _validity, uids, cancel);
    }

    /// <summary>Compares the server with the ledger and fetches what is missing. What is new since the last look is no gap.</summary>
    public async Task<ReconciliationFigures?> ReconcileAsync(Func<ReconciliationFigures, Task> progress, CancellationToken cancel)
    {
        if (!await OpenAsync(cancel)) return null;
        await CatchUpAsync(cancel);
        var server = await context.Client.SearchAsync(ImapSearch.All, cancel);
        var old = _folder.UidNext <= 1 ? UidSet.Empty : server.Except(UidSet.Range(_folder.UidNext, uint.MaxValue));
        var missing = await MissingAsync(old, cancel);
        var figures = new ReconciliationFigures(server.Count, old.Count - missing.Count, missing.Count, 0);
        await ReportAsync(missing.Count);
        await progress(figures);
        if (missing.IsEmpty) return figures;
        await new FolderFetch(context, _folder, _validity).RunAsync(missing, null, cancel);
        var left = await MissingAsync(await context.Client.SearchAsync(new ImapSearch { Among = missing }, cancel), cancel);
        await ReportAsync(left.Count);
        return figures with { Backfilled = missing.Count - left.Count };

        Task ReportAsync(long gap)
        {
            context.Status.Gap(Name, gap);
            return context.Reconciliations.FolderAsync(_folder.Id, server.Count, gap, cancel);
        }
    }

    private async Task<UidSet> MissingAsync(UidSet uids, CancellationToken cancel)
        => uids.IsEmpty ? uids : uids.Except(UidSet.Of(await context.Folders.KnownAsync(_folder.Id, _validity, uids.First(), uids.Last, cancel)));

    private async Task FailAsync(string problem, CancellationToken cancel)
    {
        if (Problem != problem) IntakeLog.FolderFailed(context.Log, context.Mailbox.Address, Name, problem);
        Problem = problem;
        await context.Folders.ProblemAsync(_folder.Id, problem, cancel);
    }
}
