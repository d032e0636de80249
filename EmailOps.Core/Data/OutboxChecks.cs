using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What happened since an automatic answer was written that makes it wrong to send it. One question, asked while it waits and once more when it leaves.</summary>
internal static class OutboxChecks
{
    /// <summary>Automatic answers that wait, and the first thing found against each. $1: ids, null for all.</summary>
    private const string Question = """
        select o.id, c.code, c.detail
        from outbound_message o join message m on m.id = o.message_id
        cross join lateral (
            select 1 as weight, 'paused' as code, null as detail from mailbox_policy p where p.mailbox_id = o.mailbox_id and (p.rules ->> 'automationPaused')::boolean
            union all
            select 2, 'off', null from mailbox b where b.id = o.mailbox_id and not b.is_enabled
            union all
            select 3, case when n.automated in ('Bounce', 'AutoReply') then n.automated else 'message' end, n.id::text from message n
            where n.thread_id = m.thread_id and n.id <> m.id and ((n.received_at, n.id) > (m.received_at, m.id) or n.stored_at > o.created_at)
              and not exists (select from outbound_message own where own.internet_message_id = n.internet_message_id)
            union all
            select 4, n.automated, n.id::text from message n
            where n.mailbox_id = o.mailbox_id and n.from_address in (o.recipient, o.correspondent) and n.received_at >= m.received_at and n.automated = 'AutoReply'
            union all
            select 5, 'Bounce', x.bounce_message_id::text from outbound_message x where x.mailbox_id = o.mailbox_id and x.recipient = o.recipient and x.is_automatic and x.state = 'Bounced' and x.bounced_at >= m.received_at
            union all
            select 6, 'person', a.actor from audit_entry a join message n on n.id = a.subject_id
            where n.thread_id = m.thread_id and a.subject_kind = 'message' and a.at > o.created_at and a.actor not in ('emailops', 'policy') and a.action not like 'outbound.%'
            union all
            select 7, 'brake', b.reason from automation_brake b where b.mailbox_id = o.mailbox_id and b.correspondent in (o.recipient, o.correspondent, '') and b.lifted_at is null and (b.until is null or b.until > now())
        ) c
        where o.is_automatic and o.state in ('Held', 'Queued') and ($1::bigint[] is null or o.id = any($1))
        order by o.id, c.weight, c.detail
        """;

    /// <returns>The first reason against each; those without one are not in it.</returns>
    public static async Task<Dictionary<long, Recall>> AskAsync(NpgsqlConnection connection, long[]? ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Question, connection);
        command.Parameters.Add(new() { Value = (object?)ids ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bigint });
        var found = new Dictionary<long, Recall>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) found.TryAdd(reader.GetInt64(0), Of(reader.GetString(1), reader.IsDBNull(2) ? "" : reader.GetString(2)));
        return found;
    }

    private static Recall Of(string code, string detail) => code switch
    {
        "paused" => new("Not sent: automatic answers of this mailbox were paused while it waited.", DecisionKind.Suggest),
        "off" => new("Not sent: the mailbox was switched off while it waited.", DecisionKind.Suggest),
        "AutoReply" => new("Not sent: the correspondent's automatic reply (out of office) came in, so nobody would have read it.", DecisionKind.HoldForReview),
        "Bounce" => new("Not sent: a delivery report says that mail does not reach this correspondent.", DecisionKind.HoldForReview),
        "person" => new($"Not sent: {detail} was at work on this thread.", DecisionKind.Suggest),
        "brake" => new($"Not sent: automatic answers are stopped. {detail}", DecisionKind.HoldForReview),
        _ => new("Not sent: a new message came into the thread, so the answer may no longer fit.", DecisionKind.HoldForReview),
    };
}
