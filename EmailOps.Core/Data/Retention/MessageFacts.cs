using Npgsql;

namespace EmailOps.Core.Data.Retention;

/// <summary>What is known about a message, as one line of JSON: for archives, and for the person it is about.</summary>
internal static class MessageFacts
{
    private const string Facts = """
        select m.id, r.sha256, r.bytes, jsonb_build_object(
            'id', m.id, 'mailbox', b.address, 'sha256', encode(r.sha256, 'hex'), 'isHead', r.is_head, 'dedupeKey', encode(m.dedupe_key, 'hex'), 'internetMessageId', m.internet_message_id, 'thread', m.thread_id, 'subject', m.subject, 'fromName', m.from_name,
            'fromAddress', m.from_address, 'recipients', m.recipients, 'sentAt', m.sent_at, 'receivedAt', m.received_at, 'storedAt', m.stored_at, 'trust', m.trust, 'automated', m.automated,
            'triage', (select to_jsonb(t) - 'message_id' - 'mailbox_id' from triage_result t where t.message_id = m.id),
            'decision', (select to_jsonb(d) - 'message_id' - 'mailbox_id' from decision d where d.message_id = m.id),
            'drafts', (select jsonb_agg(to_jsonb(d) - 'message_id' order by d.id) from draft d where d.message_id = m.id),
            'replies', (select jsonb_agg(to_jsonb(o) - 'message_id' - 'mailbox_id' - 'raw' - 'owner' - 'owner_until' order by o.id) from outbound_message o where o.message_id = m.id),
            'corrections', (select jsonb_agg(to_jsonb(c) - 'message_id' order by c.id) from correction c where c.message_id = m.id),
            'lessons', (select jsonb_agg(to_jsonb(l) - 'message_id' - 'mailbox_id' order by l.id) from lesson l where l.message_id = m.id),
            'labels', (select jsonb_agg(l.name order by l.name) from message_label ml join label l on l.id = ml.label_id where ml.message_id = m.id),
            'escalations', (select jsonb_agg(to_jsonb(e) - 'message_id' - 'mailbox_id' order by e.id) from escalation e where e.message_id = m.id),
            'outcome', (select to_jsonb(a) - 'message_id' - 'mailbox_id' from answer_outcome a where a.message_id = m.id),
            'questionsToModels', (select jsonb_agg(to_jsonb(c) - 'message_id' - 'mailbox_id' order by c.id) from consultation_call c where c.message_id = m.id),
            'history', (select jsonb_agg(jsonb_build_object('at', a.at, 'actor', a.actor, 'action', a.action, 'detail', a.detail) order by a.id) from audit_entry a where a.subject_kind = 'message' and a.subject_id = m.id))::text
        from message m join raw_mail r on r.id = m.raw_id join mailbox b on b.id = m.mailbox_id where m.id = any($1) order by m.id
        """;

    /// <summary>One after another: a mail may have 64 MB.</summary>
    public static async Task EachAsync(NpgsqlConnection connection, long[] ids, Func<long, byte[], byte[], string, Task> take, CancellationToken cancel)
    {
        await using var command = Sql.Command(connection, Facts, ids);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) await take(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2), reader.GetString(3));
    }
}
