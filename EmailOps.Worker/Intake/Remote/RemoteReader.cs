using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Worker.Intake.Remote;

/// <summary>
/// Reads one folder by a provider's API: asks for what came since the cursor, stores what has no line yet, then saves the cursor. A cursor is never saved
/// before everything it stands for is stored, and what is listed twice is stored once, so an end anywhere costs nothing but asking again.
/// </summary>
internal sealed class RemoteReader(RemoteContext context, MailboxFolder folder) : IFolderReader
{
    private const int HandledAtOnce = 500;
    /// <summary>Ids compared with the ledger at once.</summary>
    private const int ComparedAtOnce = 5_000;
    private MailboxFolder _folder = folder;
    private RemoteFolder? _open;

    public string Name => _folder.Name;
    public string? Problem { get; private set; }

    private bool ChangesServer => context.Mailbox.Settings.AfterStored != AfterStored.Leave;

    /// <returns>False when the mailbox has no such folder: that is this folder's problem and nobody else's.</returns>
    public async Task<bool> OpenAsync(CancellationToken cancel)
    {
        _open = await context.Client.OpenAsync(Name, cancel);
        if (_open is null)
        {
            await FailAsync("The mailbox has no such folder or label. Was it renamed or deleted? Name the folders to read in the mailbox's settings.", cancel);
            return false;
        }
        Problem = null;
        if (_open.Count is { } count) await context.Stores.Folders.OpenedAsync(_folder.Id, count, null, cancel);
        return true;
    }

    /// <summary>Reads all that is new. Opened before.</summary>
    /// <returns>Lines of the ledger written.</returns>
    public async Task<int> CatchUpAsync(CancellationToken cancel)
    {
        int stored;
        try
        {
            stored = await ChangesAsync(cancel);
        }
        catch (RemoteException lost) when (lost.Failure == RemoteFailure.CursorLost && _folder.Cursor is not null)
        {
            var note = $"The provider no longer knew how far {Name} was read (seen {context.Clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC); the whole folder was listed again, what is known was recognised.";
            IntakeLog.FolderRestarted(context.Log, context.Mailbox.Address, note);
            await context.Stores.Remote.RestartAsync(_folder.Id, note, cancel);
            _folder = _folder with { Cursor = null };
            stored = await ChangesAsync(cancel);
        }
        if (stored > 0) IntakeLog.News(context.Log, context.Mailbox.Address, Name, stored);
        if (ChangesServer) await HandleAsync(cancel);
        return stored;
    }

    private async Task<int> ChangesAsync(CancellationToken cancel)
    {
        var stored = 0;
        await foreach (var page in context.Client.ChangesAsync(_open!, _folder.Cursor, cancel))
        {
            var wanted = await UnknownAsync(page.Ids, cancel);
            if (wanted.Count > 0) stored += await new RemoteFetch(context, _folder).RunAsync(wanted, cancel);
            if (page.Cursor is not { } cursor || cursor == _folder.Cursor) continue;
            await context.Stores.Remote.AdvanceAsync(_folder.Id, cursor, cancel);
            _folder = _folder with { Cursor = cursor };
        }
        return stored;
    }

    private async Task<List<string>> UnknownAsync(IReadOnlyList<string> ids, CancellationToken cancel)
    {
        var unknown = new List<string>();
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(ComparedAtOnce))
        {
            var known = (await context.Stores.Remote.KnownAsync(_folder.Id, some, cancel)).ToHashSet(StringComparer.Ordinal);
            unknown.AddRange(some.Where(id => !known.Contains(id)));
        }
        return unknown;
    }

    /// <summary>Marks or moves what is stored and not yet marked or moved, also what a killed worker left.</summary>
    private async Task HandleAsync(CancellationToken cancel)
    {
        var settings = context.Mailbox.Settings;
        try
        {
            while (await context.Stores.Remote.UnhandledAsync(_folder.Id, HandledAtOnce, cancel) is { Count: > 0 } ids)
            {
                if (settings.AfterStored == AfterStored.MarkSeen) await context.Client.MarkSeenAsync(ids, cancel);
                else await context.Client.MoveAsync(_open!, ids, settings.MoveTo!, cancel);
                await context.Stores.Remote.HandledAsync(_folder.Id, ids, cancel);
            }
        }
        catch (RemoteException refusal) when (refusal.Failure is RemoteFailure.Refused or RemoteFailure.Forbidden or RemoteFailure.NotFound)
        {
            await FailAsync($"Mail is read and stored, but the provider does not let us {(settings.AfterStored == AfterStored.MarkSeen ? "mark stored mail as read" : $"move stored mail to {settings.MoveTo}")}: {refusal.Message}", cancel);
        }
    }

    public async Task FetchAgainAsync(bool all, CancellationToken cancel)
    {
        var ids = await context.Stores.Remote.MissingAsync(_folder.Id, all, cancel);
        if (ids.Count == 0 || !await OpenAsync(cancel)) return;
        await new RemoteFetch(context, _folder).RunAsync(ids, cancel);
        await context.Stores.Remote.TriedAsync(_folder.Id, ids, cancel);
    }

    public async Task<ReconciliationFigures?> ReconcileAsync(Func<ReconciliationFigures, Task> progress, CancellationToken cancel)
    {
        if (!await OpenAsync(cancel)) return null;
        await CatchUpAsync(cancel);
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var onServer = 0L;
        await foreach (var page in context.Client.ListAsync(_open!, cancel))
        {
            onServer += page.Count;
            missing.UnionWith(await UnknownAsync(page, cancel));
        }
        if (missing.Count > 0)
        {
            // What came while the list was read is no gap.
            await CatchUpAsync(cancel);
            missing.IntersectWith(await UnknownAsync([.. missing], cancel));
        }
        var figures = new ReconciliationFigures(onServer, onServer - missing.Count, missing.Count, 0);
        await ReportAsync(missing.Count);
        await progress(figures);
        if (missing.Count == 0) return figures;
        var fetch = new RemoteFetch(context, _folder);
        await fetch.RunAsync([.. missing], cancel);
        var left = (await UnknownAsync([.. missing], cancel)).Count(id => !fetch.Gone.Contains(id));
        await ReportAsync(left);
        return figures with { Backfilled = missing.Count - left };

        Task ReportAsync(long gap)
        {
            context.Status.Gap(Name, gap);
            return context.Stores.Reconciliations.FolderAsync(_folder.Id, onServer, gap, cancel);
        }
    }

    private async Task FailAsync(string problem, CancellationToken cancel)
    {
        if (Problem != problem) IntakeLog.FolderFailed(context.Log, context.Mailbox.Address, Name, problem);
        Problem = problem;
        await context.Stores.Folders.ProblemAsync(_folder.Id, problem, cancel);
    }
}
