using EmailOps.Core.Escalations;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Opens escalations that policy ordered: with their times, who is to be told, and the end of the work item, in one transaction.</summary>
internal sealed class EscalationStore(NpgsqlDataSource source, EscalationOptions options)
{
    public const string Policy = "policy";

    /// <summary>$1: message ids.</summary>
    internal const string Cases = """
        select m.id, m.thread_id, m.mailbox_id, t.category, t.priority, m.received_at, coalesce(d.reasons, '[]'), now(), (select trace_parent from message_trace where message_id = m.id)
        from message m left join decision d on d.message_id = m.id left join triage_result t on t.message_id = m.id where m.id = any($1)
        """;

    /// <returns>How many were opened.</returns>
    public async Task<int> OpenAsync(IReadOnlyCollection<WorkItem> items, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, items, cancel);
        var plans = await ServiceLevelStore.PlansAsync(connection, cancel);
        // Decided otherwise meanwhile: nothing to do. Settled by a person before: judging the same message again calls nobody.
        var cases = await Sql.QueryAsync(connection, $"""
            {Cases} and d.kind = 'Escalate' and not exists (select from escalation e where e.message_id = m.id and e.state = 'Resolved' and e.resolved_by <> 'policy') order by m.thread_id, m.id
            """, [items.Select(i => i.SubjectId).Distinct().ToArray()], Read, cancel);
        var opened = 0;
        foreach (var c in cases)
        {
            var plan = plans.Of(c.MailboxId);
            var severity = ServiceLevel.SeverityOf(plan, c.Category, c.Priority);
            if ((await EscalationRows.OpenAsync(connection, c, severity, ServiceLevel.Due(plan, severity, c.Now), Policy, options, cancel)).IsNew) opened++;
        }
        await transaction.CommitAsync(cancel);
        return opened;
    }

    internal static EscalationCase Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.IsDBNull(3) ? null : r.GetString(3), r.IsDBNull(4) ? null : r.GetInt16(4), r.GetFieldValue<DateTimeOffset>(5),
        Sql.FromJson<string[]>(r.GetString(6)), r.GetFieldValue<DateTimeOffset>(7), r.IsDBNull(8) ? null : r.GetString(8));
}
