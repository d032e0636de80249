using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Takes back a reply that has not left: the row is cancelled, its draft proposed again, and the message shows a person why.</summary>
internal static class OutboxRecall
{
    /// <summary>In the caller's transaction, which holds the locks of <see cref="OutboxRow.LockAsync"/>.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, OutboxRow row, Recall recall, string actor, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from work_item where (stage = $1 and subject_id = $2) or (stage = $3 and subject_id = $4)", [(short)Stage.Sending, row.Id, (short)Stage.Delivery, row.DraftId], cancel);
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Cancelled', detail = $2, hold_until = null, owner = null, owner_until = null where id = $1", [row.Id, recall.Reason], cancel);
        await DraftStore.ProposeAgainAsync(connection, row.DraftId, cancel);
        await PolicyStore.HandBackAsync(connection, row.MessageId, recall.Kind, recall.Reason, cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'outbound.cancel', 'message', $2, $3)", [actor, row.MessageId, recall.Reason], cancel);
        await LiveEvents.AnnounceAsync(connection, "outbound", row.MessageId, cancel);
        await LiveEvents.AnnounceAsync(connection, "message", row.MessageId, cancel);
    }
}
