using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Delivery;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What people order about replies. Where the row stands decides: whoever comes too late changes nothing and is told.</summary>
internal sealed class OutboxPeople(NpgsqlDataSource source, DeliveryOptions options)
{
    /// <summary>Undo: a reply that has not left is cancelled, its draft proposed again.</summary>
    public Task<WriteOutcome> CancelAsync(long id, string actor, CancellationToken cancel) => ChangeAsync(id, async (connection, row) =>
    {
        if (row.State is not (OutboundState.Held or OutboundState.Queued or OutboundState.Withheld or OutboundState.Failed)) return false;
        await OutboxRecall.WriteAsync(connection, row, new Recall($"Taken back by {actor}.", DecisionKind.Suggest), actor, cancel);
        await DraftLessons.TakeBackAsync(connection, row.DraftId, actor, cancel);
        return true;
    }, cancel);

    /// <summary>Ends the waiting time of an automatic answer, or the pause before the next attempt.</summary>
    public Task<WriteOutcome> SendNowAsync(long id, string actor, CancellationToken cancel) => ChangeAsync(id, async (connection, row) =>
    {
        if (row.State is not (OutboundState.Held or OutboundState.Queued)) return false;
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Queued', hold_until = null where id = $1", [id], cancel);
        await EnqueueAsync(connection, row, cancel);
        await AuditAsync(connection, row, actor, "outbound.send-now", row.State == OutboundState.Held ? "Ended the waiting time of the reply." : "Had the reply tried again at once.", cancel);
        return true;
    }, cancel);

    /// <summary>Says what became of a reply nobody could tell about, or has one that certainly did not leave tried again.</summary>
    public Task<WriteOutcome> SettleAsync(long id, bool wasSent, string actor, CancellationToken cancel) => ChangeAsync(id, async (connection, row) =>
    {
        if (row.State == OutboundState.Unknown && wasSent)
        {
            var copy = await Sql.QueryAsync(connection, "update outbound_message set state = 'Sent', sent_at = sending_at, detail = $2 where id = $1 returning copy_due and appended_at is null", [id, $"{actor} found that it arrived."], r => r.GetBoolean(0), cancel);
            if (copy is [true]) await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.SentCopy, id, row.MailboxId) { TraceParent = Traced(row) }], cancel);
            await AuditAsync(connection, row, actor, "outbound.settle", "Said that the reply arrived.", cancel);
            return true;
        }
        if (row.State is not (OutboundState.Unknown or OutboundState.Failed) || wasSent) return false;
        // Of unknown fate: the same bytes under the same Message-ID, so that a server that has them can tell. Refused: written anew, since
        // what was wrong with it (the sender's address, say) may have been set right.
        var keepsBytes = row.State == OutboundState.Unknown;
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Queued', raw = case when $2 then raw end, detail = $3, give_up_at = now() + $4 where id = $1",
            [id, keepsBytes, $"{actor} had it sent again.", options.GiveUpAfter], cancel);
        await Sql.ExecuteAsync(connection, "update draft set decided_by = $2, decided_at = now() where id = $1 and state = 'Approved'", [row.DraftId, actor], cancel);
        if (keepsBytes && row.Raw is not null) await EnqueueAsync(connection, row, cancel);
        else await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Delivery, row.DraftId, row.MailboxId, 9) { TraceParent = Traced(row) }], cancel);
        await AuditAsync(connection, row, actor, "outbound.settle", "Had the reply sent again.", cancel);
        return true;
    }, cancel);

    private async Task<WriteOutcome> ChangeAsync(long id, Func<NpgsqlConnection, OutboxRow, Task<bool>> change, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await OutboxRow.LockAsync(connection, id, null, cancel) is not { } row) return WriteOutcome.NotFound;
        if (!await change(connection, row)) return WriteOutcome.WrongState;
        await LiveEvents.AnnounceAsync(connection, "outbound", row.MessageId, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    /// <summary>Its turn is now: items that wait for later make room.</summary>
    private static async Task EnqueueAsync(NpgsqlConnection connection, OutboxRow row, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from work_item where stage = $1 and subject_id = $2", [(short)Stage.Sending, row.Id], cancel);
        await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Sending, row.Id, row.MailboxId, 9) { TraceParent = Traced(row) }], cancel);
    }

    private static string? Traced(OutboxRow row)
    {
        MessageTrace.Link(row.TraceParent);
        return row.TraceParent;
    }

    private static Task<int> AuditAsync(NpgsqlConnection connection, OutboxRow row, string actor, string action, string detail, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'message', $3, $4)", [actor, action, row.MessageId, detail], cancel);
}
