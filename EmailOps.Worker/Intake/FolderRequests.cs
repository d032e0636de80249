using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;

namespace EmailOps.Worker.Intake;

/// <summary>What people and the schedule want of a mailbox: mails fetched again, the server compared with the ledger.</summary>
internal sealed class FolderRequests(OpenedMailbox mailbox, ReconciliationStore reconciliations, IntakeOptions options, ILogger log)
{
    public async Task RunAsync(IReadOnlyList<IFolderReader> folders, CancellationToken cancel)
    {
        foreach (var folder in folders) await folder.FetchAgainAsync(all: false, cancel);
        var last = await reconciliations.LastAsync(mailbox.Id, cancel);
        if (last is null || last >= options.ReconcileEvery) await reconciliations.RequestAsync(mailbox.Id, ReconciliationStore.Schedule, cancel);
        while (await reconciliations.OpenAsync(mailbox.Id, cancel) is { } open) await ReconcileAsync(open, folders, cancel);
    }

    private async Task ReconcileAsync(long id, IReadOnlyList<IFolderReader> folders, CancellationToken cancel)
    {
        await reconciliations.StartAsync(id, cancel);
        var all = new ReconciliationFigures(0, 0, 0, 0);
        foreach (var folder in folders)
        {
            var before = all;
            if (await folder.ReconcileAsync(f => reconciliations.ProgressAsync(id, before + f, cancel), cancel) is not { } found) continue;
            all += found;
            await folder.FetchAgainAsync(all: true, cancel);
        }
        await reconciliations.ProgressAsync(id, all, cancel);
        var problems = folders.Where(f => f.Problem is not null).Select(f => $"{f.Name}: {f.Problem}").ToArray();
        await reconciliations.FinishAsync(id, problems.Length == 0 ? null : string.Join(" ", problems), cancel);
        if (all.Missing > 0) IntakeLog.GapFound(log, mailbox.Address, all.OnServer, all.Missing, all.Backfilled);
        else IntakeLog.NoGap(log, mailbox.Address, all.OnServer);
    }
}
