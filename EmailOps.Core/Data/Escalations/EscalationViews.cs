using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Which escalations are asked for.</summary>
/// <param name="State">Null: those not resolved.</param>
internal sealed record EscalationFilter(EscalationState? State = null, EscalationSeverity? Severity = null, long? Mailbox = null, bool IsOverdue = false, long? Message = null, int Take = 100);

/// <summary>Escalations and notifications as pages show them.</summary>
internal sealed class EscalationViews(NpgsqlDataSource source, EscalationClock clock)
{
    private const string Due = "case e.state when 'Open' then e.respond_by when 'Claimed' then e.resolve_by end";
    private const string Columns = $"""
        select e.id, e.message_id, e.mailbox_id, m.subject, m.from_name, m.from_address, coalesce(t.summary, ''), e.reasons, t.category, t.priority, e.severity, e.state, e.level, e.opened_at, e.opened_by, e.respond_by, e.resolve_by,
               e.claimed_at, e.claimed_by, e.resolved_at, e.resolved_by, e.resolution, coalesce({Due} <= now(), false),
               1 + (select count(*)::int from message o where o.thread_id = e.thread_id and o.id > e.message_id)
        from escalation e join message m on m.id = e.message_id left join triage_result t on t.message_id = e.message_id
        """;
    private const string Notified = """
        select n.id, n.escalation_id, n.channel_id, c.name, c.kind, n.kind, n.state, n.level, n.attempts, n.detail, n.created_at, n.sent_at from notification n join channel c on c.id = n.channel_id
        """;

    public async Task<EscalationPage> ListAsync(EscalationFilter filter, CancellationToken cancel)
    {
        var (counts, _) = await clock.CountAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var items = await Sql.QueryAsync(connection, $"""
            {Columns} where (case when $6::bigint is not null and $1::text is null then true when $1::text is null then e.state <> 'Resolved' else e.state = $1 end) and ($2::text is null or e.severity = $2) and ($3::bigint is null or e.mailbox_id = $3)
              and (not $4 or {Due} <= now()) and ($6::bigint is null or e.thread_id = (select thread_id from message where id = $6))
            order by (e.state = 'Resolved'), coalesce({Due} <= now(), false) desc, {Due} nulls last, e.resolved_at desc, e.id desc limit $5
            """, [filter.State?.ToString(), filter.Severity?.ToString(), filter.Mailbox, filter.IsOverdue, filter.Take, filter.Message], Read, cancel);
        return new EscalationPage(items, counts);
    }

    public async Task<EscalationView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await FindAsync(connection, id, cancel);
    }

    public static async Task<EscalationView?> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancel) => (await Sql.QueryAsync(connection, $"{Columns} where e.id = $1", [id], Read, cancel)).SingleOrDefault();

    public async Task<EscalationDetail?> DetailAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await FindAsync(connection, id, cancel) is not { } view) return null;
        var told = await Sql.QueryAsync(connection, $"{Notified} where n.escalation_id = $1 order by n.id limit 200", [id], ReadNotification, cancel);
        var history = await Sql.QueryAsync(connection, "select at, actor, action, detail from audit_entry where subject_kind = 'message' and subject_id = $1 and action like any(array['escalation.%', 'notification.%']) order by id desc limit 100", [view.MessageId],
            r => new AuditView(r.GetFieldValue<DateTimeOffset>(0), r.GetString(1), r.GetString(2), r.GetString(3)), cancel);
        return new EscalationDetail(view, told, history, (await ServiceLevelStore.PlansAsync(connection, cancel)).Of(view.MailboxId).OnCall);
    }

    public async Task<IReadOnlyList<NotificationView>> NotificationsAsync(NotificationState? state, long? channel, int take, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"{Notified} where ($1::text is null or n.state = $1) and ($2::bigint is null or n.channel_id = $2) order by n.id desc limit $3", [state?.ToString(), channel, take], ReadNotification, cancel);
    }

    private static EscalationView Read(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), new Correspondent(Text(r, 4), r.GetString(5)), r.GetString(6), Sql.FromJson<string[]>(r.GetString(7)), Text(r, 8), r.IsDBNull(9) ? null : r.GetInt16(9),
        Enum.Parse<EscalationSeverity>(r.GetString(10)), Enum.Parse<EscalationState>(r.GetString(11)), r.GetInt16(12), r.GetFieldValue<DateTimeOffset>(13), r.GetString(14), At(r, 15), At(r, 16), At(r, 17), Text(r, 18), At(r, 19), Text(r, 20), Text(r, 21), r.GetBoolean(22), r.GetInt32(23));

    private static NotificationView ReadNotification(NpgsqlDataReader r) => new(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), Enum.Parse<ChannelKind>(r.GetString(4)), Enum.Parse<NotificationKind>(r.GetString(5)), Enum.Parse<NotificationState>(r.GetString(6)),
        r.GetInt16(7), r.GetInt16(8), Text(r, 9), r.GetFieldValue<DateTimeOffset>(10), At(r, 11));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
