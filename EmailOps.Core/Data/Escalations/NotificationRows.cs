using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Who is to be told, in the transaction of what is told: nothing is told that did not happen, and nothing happens that is not told.</summary>
internal static class NotificationRows
{
    /// <summary>Before mail: people wait for it.</summary>
    private const short Priority = 9;
    /// <summary>Room for so many channels in what keeps the order of one channel's tellings about one escalation.</summary>
    private const long Channels = 10_000;

    /// <param name="trace">Of the message.</param>
    public static async Task AddAsync(NpgsqlConnection connection, long escalation, NotificationKind kind, EscalationOptions options, CancellationToken cancel, string? trace = null)
    {
        var isEnd = kind is NotificationKind.Claimed or NotificationKind.Resolved;
        var added = await Sql.QueryAsync(connection, $"""
            insert into notification (escalation_id, channel_id, kind, level, give_up_at)
            select e.id, c.id, $2, e.level, now() + $3 from escalation e join channel c on c.is_enabled
            where e.id = $1 and coalesce((c.settings ->> 'mailbox')::bigint, e.mailbox_id) = e.mailbox_id
              and {(isEnd
                  ? "exists (select from notification n where n.escalation_id = e.id and n.channel_id = c.id and n.state <> 'Skipped')"
                  : """
                    array_position(array['Low', 'Medium', 'High', 'Critical'], coalesce(c.settings ->> 'fromSeverity', 'Low')) <= array_position(array['Low', 'Medium', 'High', 'Critical'], e.severity)
                      and (coalesce(jsonb_array_length(c.settings -> 'levels'), 0) = 0 or exists (select from jsonb_array_elements_text(c.settings -> 'levels') l where l::int <= e.level))
                    """)}
              and ($2 <> 'Opened' or not exists (select from notification n where n.escalation_id = e.id and n.channel_id = c.id and n.kind = 'Opened'))
            order by c.id
            returning id, channel_id, (select mailbox_id from escalation where id = $1)
            """, [escalation, kind.ToString(), options.GiveUpAfter], r => (Id: r.GetInt64(0), Channel: r.GetInt64(1), Mailbox: r.GetInt64(2)), cancel);
        await WorkQueue.EnqueueAsync(connection, [.. added.Select(a => Work(a.Id, escalation, a.Channel, a.Mailbox, TimeSpan.Zero, trace))], cancel);
    }

    public static NewWork Work(long id, long escalation, long channel, long mailbox, TimeSpan delay, string? trace)
        => new(Stage.Notify, id, mailbox, Priority, delay, ThreadId: escalation * Channels + channel % Channels) { TraceParent = trace };
}
