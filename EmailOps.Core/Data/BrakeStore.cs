using EmailOps.Core.Contracts;
using EmailOps.Core.Policy.Answers;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>The loop brakes: who gets no automatic answer for now. One a correspondent, and one for everybody, in a mailbox.</summary>
internal sealed class BrakeStore(NpgsqlDataSource source)
{
    /// <summary>Puts brakes on in the caller's transaction. One that is on already is never shortened.</summary>
    public static async Task TripAsync(NpgsqlConnection connection, IReadOnlyCollection<(long MailboxId, BrakeOrder Order, long MessageId)> orders, CancellationToken cancel)
    {
        foreach (var (mailbox, order, message) in orders.DistinctBy(o => (o.MailboxId, o.Order.Correspondent)).OrderBy(o => o.MailboxId).ThenBy(o => o.Order.Correspondent, StringComparer.Ordinal))
        {
            // A brake whose time has passed is as good as lifted; it makes room for the new one.
            await Sql.ExecuteAsync(connection, "update automation_brake set lifted_at = now(), lifted_by = 'time' where mailbox_id = $1 and correspondent = $2 and lifted_at is null and until <= now()", [mailbox, order.Correspondent], cancel);
            var changed = await Sql.ExecuteAsync(connection, """
                insert into automation_brake (mailbox_id, correspondent, reason, tripped_at, until) values ($1, $2, $3, now(), now() + $4::interval)
                on conflict (mailbox_id, correspondent) where lifted_at is null do update
                    set reason = excluded.reason, until = excluded.until where automation_brake.until is not null and (excluded.until is null or excluded.until > automation_brake.until)
                """, [mailbox, order.Correspondent, order.Reason, Nullable(order.For)], cancel);
            if (changed == 0) continue;
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'emailops', 'brake.trip', 'message', $1, $2)",
                [message, order.For is { } pause ? $"Stopped automatic answers for {pause.TotalMinutes:0} minutes: {order.Reason}" : $"Stopped automatic answers until an operator lifts the brake: {order.Reason}"], cancel);
        }
        if (orders.Count > 0) await LiveEvents.AnnounceAsync(connection, "brake", orders.First().MailboxId, cancel);
    }

    public async Task<List<BrakeView>> InForceAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select id, mailbox_id, nullif(correspondent, ''), reason, tripped_at, until from automation_brake
            where lifted_at is null and (until is null or until > now()) order by tripped_at desc, id desc limit 200
            """, [], r => new BrakeView(r.GetInt64(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.IsDBNull(5) ? null : r.GetFieldValue<DateTimeOffset>(5)), cancel);
    }

    /// <summary>Automatic answers go on, and what was answered before counts no more.</summary>
    /// <returns>False when there is none of that id in force.</returns>
    public async Task<bool> LiftAsync(long id, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var lifted = await Sql.QueryAsync(connection, "update automation_brake set lifted_at = now(), lifted_by = $2 where id = $1 and lifted_at is null and (until is null or until > now()) returning mailbox_id, correspondent",
            [id, actor], r => (Mailbox: r.GetInt64(0), Correspondent: r.GetString(1)), cancel);
        if (lifted is not [var (mailbox, correspondent)]) return false;
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'brake.lift', 'mailbox', $2, $3)",
            [actor, mailbox, correspondent.Length == 0 ? "Automatic answers of the mailbox go on." : $"Automatic answers to {correspondent} go on."], cancel);
        await LiveEvents.AnnounceAsync(connection, "brake", mailbox, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static object Nullable(TimeSpan? pause) => pause is { } time ? time : DBNull.Value;
}
