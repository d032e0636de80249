using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Intake;

/// <summary>Has the worker fetch a mail again that its server did not hand out whole, and waits a moment for what comes of it.</summary>
internal sealed class FetchAgain(FolderStore folders, IntakeStore store, IDbContextFactory<EmailOpsDb> databases, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    /// <param name="entry">A line of the ledger.</param>
    /// <returns>Null when the line is no missing mail of a server; else the line that counts now, and whether it was tried.</returns>
    public async Task<(IntakeView View, bool Tried)?> TryAsync(IntakeEntry entry, CancellationToken cancel)
    {
        if (await folders.MissingAsync(entry.Id, cancel) is not { } place || !await folders.WantAsync(entry.MailboxId, entry.Id, cancel)) return null;
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < Patience)
        {
            if (await folders.TriedEntryAsync(place.FolderId, place.UidValidity, place.Uid, cancel) is { } now) return (await DoneAsync(entry, now, cancel), true);
            await Task.Delay(Every, clock, cancel);
        }
        return (entry.View(), false);
    }

    private async Task<IntakeView> DoneAsync(IntakeEntry before, long now, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var after = await db.IntakeEntries.AsNoTracking().SingleAsync(e => e.Id == now, cancel);
        if (before is { Outcome: IntakeOutcome.Unparsable, MessageId: { } unreadable } && after.Outcome is IntakeOutcome.Stored or IntakeOutcome.Duplicate && after.MessageId != unreadable)
            await store.ForgetUnreadableAsync(unreadable, cancel);
        return after.View();
    }
}
