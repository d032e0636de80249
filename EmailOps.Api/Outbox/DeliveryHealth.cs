using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Npgsql;

namespace EmailOps.Api.Outbox;

/// <summary>How the sending of replies stands, for the health report.</summary>
internal static class DeliveryHealth
{
    /// <summary>Replies that wait longer than this for a server are worth a look.</summary>
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    public static async Task<ComponentHealth> AskAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var found = await Sql.QueryAsync(connection, $"""
            select (select count(*) from mailbox b where is_enabled and {MailboxSql.Sends}),
                   count(*) filter (where state in ('Held', 'Queued', 'Sending')), count(*) filter (where state = 'Unknown'),
                   coalesce(max(now() - created_at) filter (where state = 'Queued'), interval '0'), (select count(*) from automation_brake where lifted_at is null and (until is null or until > now()))
            from outbound_message where state in ('Held', 'Queued', 'Sending', 'Unknown', 'Failed')
            """, [], r => (Mailboxes: r.GetInt64(0), Waiting: r.GetInt64(1), Unknown: r.GetInt64(2), Oldest: r.GetTimeSpan(3), Brakes: r.GetInt64(4)), cancel);
        var (mailboxes, waiting, unknown, oldest, brakes) = found.Single();
        if (mailboxes == 0) return new ComponentHealth("not configured", "No mailbox has a transport; replies are withheld and shown.");
        var detail = $"{mailboxes} mailboxes send; {waiting} replies wait" + (brakes > 0 ? $", {brakes} loop brakes are on" : "");
        return unknown > 0 ? new ComponentHealth("degraded", $"{detail}. Of {unknown} nobody knows whether they left; see the outbox.")
            : oldest > s_long ? new ComponentHealth("degraded", $"{detail}. The oldest waits for its server since {oldest.TotalHours:F0} h; see the outbox.")
            : new ComponentHealth("healthy", $"{detail}.");
    }
}
