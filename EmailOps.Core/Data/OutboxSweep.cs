using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>Watches over rows that wait: automatic answers that something speaks against are taken back, and a row without an item in the queue gets one.</summary>
internal sealed class OutboxSweep(NpgsqlDataSource source)
{
    /// <summary>Rows that nothing will ever move: none in Held, Queued or Sending without an item, and no copy due without one. People move the others (Unknown, Failed, Withheld).</summary>
    // The queue is read once by its stages, not once a row: it may be long, and has no index by what its items are about.
    public const string Stuck = """
        with item as materialized (
            select stage, subject_id from work_item where stage in (3, 5, 6) and died_at is null union all select stage, subject_id from work_item where died_at is not null),
        waits as (
            select o.id, o.draft_id, o.mailbox_id, o.message_id, (case when o.raw is null then 3 else 5 end)::smallint as stage from outbound_message o where o.state in ('Held', 'Queued', 'Sending')
            union all
            select o.id, o.draft_id, o.mailbox_id, o.message_id, 6::smallint from outbound_message o where o.copy_due and o.appended_at is null and o.state in ('Sent', 'Bounced'))
        select w.id, w.draft_id, w.mailbox_id, w.stage, (select trace_parent from message_trace where message_id = w.message_id) as trace_parent from waits w
        where not exists (select from item i where i.stage = 6 and w.stage = 6 and i.subject_id = w.id)
          and not exists (select from item i where i.stage = 5 and w.stage <> 6 and i.subject_id = w.id) and not exists (select from item i where i.stage = 3 and w.stage <> 6 and i.subject_id = w.draft_id)
        """;

    /// <summary>Takes back what must not leave any more.</summary>
    /// <returns>How many were taken back.</returns>
    public async Task<int> RecallAsync(CancellationToken cancel)
    {
        Dictionary<long, Delivery.Recall> found;
        await using (var connection = await source.OpenConnectionAsync(cancel)) found = await OutboxChecks.AskAsync(connection, null, cancel);
        var count = 0;
        foreach (var id in found.Keys.Order())
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (await OutboxRow.LockAsync(connection, id, null, cancel) is not { } row) continue;
            // Asked again under the lock: it may have left, or been taken back, meanwhile.
            if (!(await OutboxChecks.AskAsync(connection, [id], cancel)).TryGetValue(id, out var recall)) continue;
            await OutboxRecall.WriteAsync(connection, row, recall, "emailops", cancel);
            await transaction.CommitAsync(cancel);
            count++;
        }
        return count;
    }

    /// <summary>A net under the queue: no order of crashes and retries may leave a reply that nobody thinks of.</summary>
    /// <returns>How many rows had no item.</returns>
    public async Task<int> MendAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, Stuck + " limit 1000", [], r => (Id: r.GetInt64(0), Draft: r.GetInt64(1), Mailbox: r.GetInt64(2), Stage: (Stage)r.GetInt16(3), TraceParent: r.IsDBNull(4) ? null : r.GetString(4)), cancel);
        await WorkQueue.EnqueueAsync(connection, [.. rows.Select(r => new NewWork(r.Stage, r.Stage == Stage.Delivery ? r.Draft : r.Id, r.Mailbox) { TraceParent = r.TraceParent })], cancel);
        await transaction.CommitAsync(cancel);
        return rows.Count;
    }
}
