using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>
/// Moves escalations on by the database's clock: calls the next level of what is overdue, settles what was answered, takes back what policy now judges otherwise.
/// Any number of workers may do it; each row is one's. Nothing is kept in memory, so a restart loses nothing and doubles nothing.
/// </summary>
internal sealed class EscalationClock(NpgsqlDataSource source, EscalationOptions options)
{
    private const int Most = 100;

    /// <returns>How many were moved.</returns>
    public async Task<int> RunAsync(CancellationToken cancel) => await EndAsync(cancel) + await DueAsync(cancel);

    public async Task<(EscalationCounts Counts, IReadOnlyDictionary<EscalationSeverity, long> Open)> CountAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, "select severity, state, count(*), count(*) filter (where case state when 'Open' then respond_by else resolve_by end <= now()) from escalation where state <> 'Resolved' group by severity, state", [],
            r => (Severity: Enum.Parse<EscalationSeverity>(r.GetString(0)), IsOpen: r.GetString(1) == nameof(EscalationState.Open), Count: r.GetInt64(2), Overdue: r.GetInt64(3)), cancel);
        return (new EscalationCounts(rows.Where(r => r.IsOpen).Sum(r => r.Count), rows.Where(r => !r.IsOpen).Sum(r => r.Count), rows.Sum(r => r.Overdue)),
            Enum.GetValues<EscalationSeverity>().ToDictionary(s => s, s => rows.Where(r => r.Severity == s).Sum(r => r.Count)));
    }

    private async Task<int> DueAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var due = await Sql.QueryAsync(connection, """
            select id, message_id, mailbox_id, severity, state, case state when 'Open' then respond_by else resolve_by end, level, reminders, now()
            from escalation where state <> 'Resolved' and next_at <= now() order by next_at limit $1 for update skip locked
            """, [Most], r => (Id: r.GetInt64(0), Message: r.GetInt64(1), Mailbox: r.GetInt64(2), Severity: Enum.Parse<EscalationSeverity>(r.GetString(3)), State: Enum.Parse<EscalationState>(r.GetString(4)),
                Due: r.IsDBNull(5) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(5), Level: (int)r.GetInt16(6), Reminders: (int)r.GetInt16(7), Now: r.GetFieldValue<DateTimeOffset>(8)), cancel);
        if (due.Count == 0) return 0;
        var plans = await ServiceLevelStore.PlansAsync(connection, cancel);
        foreach (var e in due)
        {
            var step = ServiceLevel.Step(plans.Of(e.Mailbox), e.Severity, e.State, e.Due, e.Level, e.Reminders, e.Now);
            await Sql.ExecuteAsync(connection, "update escalation set level = $2, reminders = $3, next_at = $4 where id = $1", [e.Id, (short)step.Level, (short)step.Reminders, step.NextAt], cancel);
            if (step.Tell is not { } kind) continue;
            if (kind == NotificationKind.NextLevel) await EscalationRows.AuditAsync(connection, "emailops", "escalation.level", "message", e.Message, $"Escalation {e.Id} is overdue: level {step.Level} is called.", cancel);
            await NotificationRows.AddAsync(connection, e.Id, kind, options, cancel);
            await LiveEvents.AnnounceAsync(connection, "escalation", e.Id, cancel);
        }
        await transaction.CommitAsync(cancel);
        return due.Count;
    }

    /// <summary>An answer that left (or would have, where nothing is sent) settles it; a judgement that asks for no person takes back what nobody has taken on.</summary>
    private async Task<int> EndAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var ended = await Sql.QueryAsync(connection, """
            with open as (select id, thread_id, message_id, state, opened_at, opened_by from escalation where state <> 'Resolved' for update skip locked),
            answered as (
                select distinct on (e.id) e.id, coalesce(d.decided_by, 'emailops') as by, 'Answered' || case when o.state = 'Withheld' then '; the reply is withheld, since the mailbox sends nothing.' else '.' end as how
                from open e join message m on m.thread_id = e.thread_id join outbound_message o on o.message_id = m.id join draft d on d.id = o.draft_id
                where (o.state in ('Sent', 'Bounced') and o.sent_at > e.opened_at) or (o.state = 'Withheld' and o.created_at > e.opened_at and d.state = 'Approved') order by e.id, o.id),
            withdrawn as (
                select e.id, 'policy' as by, 'Judged again: ' || (d.reasons ->> 0) as how from open e join decision d on d.message_id = e.message_id
                where e.state = 'Open' and e.opened_by in ('policy', 'upgrade') and d.kind <> 'Escalate' and e.id not in (select id from answered))
            update escalation e set state = 'Resolved', resolved_at = now(), resolved_by = x.by, resolution = x.how, next_at = null
            from (select * from answered union all select * from withdrawn) x where e.id = x.id returning e.id, e.message_id, x.by, x.how
            """, [], r => (Id: r.GetInt64(0), Message: r.GetInt64(1), By: r.GetString(2), How: r.IsDBNull(3) ? "" : r.GetString(3)), cancel);
        if (ended.Count == 0) return 0;
        foreach (var (id, message, by, how) in ended)
        {
            await EscalationRows.AuditAsync(connection, by, "escalation.resolve", "message", message, $"Settled escalation {id}. {how}", cancel);
            await NotificationRows.AddAsync(connection, id, NotificationKind.Resolved, options, cancel);
            await LiveEvents.AnnounceAsync(connection, "escalation", id, cancel);
        }
        await transaction.CommitAsync(cancel);
        return ended.Count;
    }
}
