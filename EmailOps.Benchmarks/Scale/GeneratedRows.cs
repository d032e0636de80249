using System.Globalization;
using Npgsql;

namespace EmailOps.Benchmarks.Scale;

/// <summary>
/// Rows of any number of messages, made by the database itself: mailboxes of unequal size, categories, decisions and languages in shares that depend on each
/// other as in real mail (what is automated is filed, complaints are never answered), threads of one to several messages, drafts, replies, ledger, audit, words
/// drawn by frequency from a vocabulary, an order number in every fourth message. The mail itself is left out: 200 bytes stand for it.
/// </summary>
internal static class GeneratedRows
{
    public const int Mailboxes = 12;
    /// <summary>A word of one message in ten thousand, and one of hardly any.</summary>
    public const string RareWord = "w4711", OrderPrefix = "ord";

    /// <param name="days">The last of how many days the messages came in on.</param>
    public static async Task MakeAsync(NpgsqlDataSource source, long messages, int days, Action<string>? progress, CancellationToken cancel)
    {
        foreach (var (what, sql) in Statements(messages, days))
        {
            progress?.Invoke(what);
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static IEnumerable<(string What, string Sql)> Statements(long messages, int days)
    {
        var count = messages.ToString(CultureInfo.InvariantCulture);
        // Everything of a message follows from its number, so that the statements agree without asking each other. hashint8extended spreads evenly.
        yield return ("functions", $$"""
            create schema if not exists generated;
            create or replace function generated.dice(n bigint, salt bigint) returns double precision immutable parallel safe language sql as $f$ select (hashint8extended(n, salt) & 1048575) / 1048576.0 $f$;
            create or replace function generated.mailbox(n bigint) returns bigint immutable parallel safe language sql as $f$ select 1000001 + floor({{Mailboxes}} * power(generated.dice(n, 1), 3))::bigint $f$;
            create or replace function generated.category(n bigint) returns text immutable parallel safe language sql as $f$
                select (array['order-status', 'order-status', 'shipping', 'shipping', 'returns', 'payment-invoice', 'account', 'exchange-sizing', 'product', 'automated', 'automated', 'automated', 'automated', 'complaint', 'warranty', 'feedback', 'press'])[1 + floor(17 * generated.dice(n, 2))::int] $f$;
            create or replace function generated.kind(n bigint) returns text immutable parallel safe language sql as $f$
                select case when generated.category(n) = 'automated' then 'File' when generated.dice(n, 3) < 0.012 then 'Quarantine' when generated.category(n) = 'complaint' then 'Escalate'
                            when generated.dice(n, 3) < 0.15 then 'SendReply' when generated.dice(n, 3) < 0.5 then 'Suggest' when generated.dice(n, 3) < 0.92 then 'HoldForReview' else 'Escalate' end $f$;
            create or replace function generated.priority(n bigint) returns smallint immutable parallel safe language sql as $f$
                select (case when generated.category(n) = 'automated' then 1 + floor(2 * generated.dice(n, 4)) when generated.dice(n, 4) < 0.02 then 10 when generated.dice(n, 4) < 0.05 then 9 else 3 + floor(6 * generated.dice(n, 4)) end)::smallint $f$;
            create or replace function generated.language(n bigint) returns text immutable parallel safe language sql as $f$
                select case when generated.dice(n, 5) < 0.55 then 'en' when generated.dice(n, 5) < 0.8 then 'de' when generated.dice(n, 5) < 0.9 then 'fr' when generated.dice(n, 5) < 0.95 then 'es' when generated.dice(n, 5) < 0.98 then 'it' when generated.dice(n, 5) < 0.9995 then 'nl' else 'pt' end $f$;
            create or replace function generated.thread(n bigint) returns bigint immutable parallel safe language sql as $f$ select case when generated.dice(n, 6) < 0.35 and n > 50 then n - 1 - floor(40 * generated.dice(n, 7))::bigint else n end $f$;
            create or replace function generated.at(n bigint) returns timestamptz stable parallel safe language sql as $f$ select date_trunc('hour', now()) - make_interval(secs => {{days}} * 86400.0 * ({{count}} - n) / {{count}}) $f$;
            create or replace function generated.word(n bigint, i int) returns text immutable parallel safe language sql as $f$ select 'w' || floor(power(20000, generated.dice(n * 64 + i, 8)))::int $f$;
            """);
        yield return ("mailboxes", $"insert into mailbox (id, address, name, created_at) select 1000000 + i, 'team' || i || '@shop.example', 'Team ' || i, now() from generate_series(1, {Mailboxes}) i on conflict do nothing");
        yield return ("raw mails", $"insert into raw_mail (id, sha256, size_bytes, bytes) select n, sha256(int8send(n)), 20000, convert_to(repeat(md5(n::text), 6), 'UTF8') from generate_series(1, {count}) n");
        yield return ("threads", $"insert into message_thread (id, mailbox_id, subject, participants, message_count, last_message_at) select n, generated.mailbox(n), 'Subject ' || n, array['person' || n % 99991 || '@sender.example'], 1, generated.at(n) from generate_series(1, {count}) n");
        yield return ("messages", $"""
            insert into message (id, mailbox_id, thread_id, raw_id, dedupe_key, internet_message_id, subject, from_name, from_address, recipients, sent_at, received_at, stored_at, text, reply_doubtful, automated, thread_position, is_unparsable)
            select n, generated.mailbox(n), generated.thread(n), n, sha256(int8send(n)), n || '@sender.example', generated.word(n, 0) || ' ' || generated.word(n, 1) || ' ' || n, 'Person ' || n % 99991, 'person' || n % 99991 || '@sender.example',
                   '{Json(@"""to"":[{""address"":""team@shop.example""}],""cc"":[],""replyTo"":[]")}', generated.at(n), generated.at(n), generated.at(n),
                   (select string_agg(generated.word(n, i), ' ') from generate_series(2, 61) i) || case when n % 4 = 0 then ' {OrderPrefix}-' || n else '' end || repeat(' and so on', 20), false,
                   case when generated.category(n) = 'automated' then 'AutoGenerated' else 'Normal' end, case when generated.thread(n) = n then 0 else 1 end, false
            from generate_series(1, {count}) n
            """);
        yield return ("triage results", $"""
            insert into triage_result (message_id, mailbox_id, received_at, category, category_confidence, priority, language, summary, confidence, hostility, is_automated, degraded, findings, model_version, judged_at)
            select n, generated.mailbox(n), generated.at(n), generated.category(n), 0.5 + generated.dice(n, 9) / 2, generated.priority(n), generated.language(n), 'Asks about ' || generated.word(n, 2) || ' and ' || generated.word(n, 3), 100 * generated.dice(n, 10), 0,
                   generated.category(n) = 'automated', false, '{Json(@"""alternatives"":[],""signals"":[],""entities"":[],""citations"":[],""runs"":[]")}', 'generated', generated.at(n)
            from generate_series(1, {count}) n
            """);
        // The newest hundred wait: fifty for triage, fifty for policy.
        yield return ("decisions", $"""
            insert into decision (message_id, mailbox_id, received_at, kind, reasons, policy_version, decided_at, category, priority, language)
            select n, generated.mailbox(n), generated.at(n), generated.kind(n), '["The category is one that may be answered.", "Confidence is above the band."]', 'generated', generated.at(n) + interval '2 seconds',
                   generated.category(n), generated.priority(n), generated.language(n)
            from generate_series(1, {count} - 100) n
            """);
        yield return ("work items", $"insert into work_item (stage, subject_id, mailbox_id, priority) select case when n > {count} - 50 then 1 else 2 end, n, generated.mailbox(n), 5 from generate_series({count} - 99, {count}) n");
        yield return ("drafts", $"""
            insert into draft (id, message_id, body, language, citations, state, version, created_at, decided_by, decided_at)
            select n, n, repeat('Thank you for your message. ', 20), generated.language(n), '[]', case when generated.kind(n) = 'SendReply' then 'Approved' when generated.dice(n, 11) < 0.01 then 'Rejected' else 'Proposed' end, 1, generated.at(n), 'policy', generated.at(n)
            from generate_series(1, {count} - 100) n where generated.kind(n) in ('SendReply', 'Suggest', 'HoldForReview')
            """);
        yield return ("replies", $"""
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, sent_at, sending_at, is_automatic, raw, correspondent, attempts)
            select n, n, generated.mailbox(n), 'reply.' || n || '@shop.example', 'person' || n % 99991 || '@sender.example', 'Re: ' || n, repeat('Thank you for your message. ', 20),
                   case when n > {count} - 200 then 'Queued' when generated.dice(n, 12) < 0.01 then 'Bounced' when generated.dice(n, 12) < 0.0103 then 'Failed' when generated.dice(n, 12) < 0.0104 then 'Unknown' else 'Sent' end,
                   generated.at(n), generated.at(n), generated.at(n), true, convert_to(repeat('Thank you for your message. ', 40), 'UTF8'), 'person' || n % 99991 || '@sender.example', 1
            from generate_series(1, {count} - 100) n where generated.kind(n) = 'SendReply'
            """);
        yield return ("ledger", $"""
            insert into intake_entry (id, import_id, mailbox_id, origin, outcome, reason, message_id, raw_id, size_bytes, at)
            select n, case when n % 10 < 3 then 1 + n * 20 / {count} end, generated.mailbox(n), 'INBOX/' || n, case when generated.dice(n, 13) < 0.02 then 'Duplicate' when generated.dice(n, 13) < 0.0205 then 'Unparsable' else 'Stored' end, 'New message.', n, n, 20000, generated.at(n)
            from generate_series(1, {count}) n
            """);
        yield return ("audit", $"insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) select generated.at(n), 'anna', 'draft.approve', 'message', n, 'Approved.' from generate_series(1, {count}, 5) n");
        // Built in one go afterwards, as a restored backup would; what words cost one batch at a time is measured by throughput.
        yield return ("words", $"""
            drop index message_words_words;
            insert into message_words (message_id, mailbox_id, received_at, words)
            select id, mailbox_id, received_at, array_to_tsvector(array_remove(string_to_array(replace(replace(replace(lower(subject || ' ' || from_name || ' ' || from_address || ' ' || text), '-', ' '), '@', ' '), '.', ' '), ' '), '')) from message;
            create index message_words_words on message_words using gin (words) with (fastupdate = on, gin_pending_list_limit = 2048)
            """);
        yield return ("tallies", "insert into mailbox_tally (mailbox_id, messages, last_received_at) select mailbox_id, count(*), max(received_at) from message group by 1 on conflict (mailbox_id) do update set messages = excluded.messages, last_received_at = excluded.last_received_at");
        foreach (var table in (string[])["raw_mail", "message_thread", "message", "draft", "outbound_message", "intake_entry"])
            yield return ($"numbers of {table}", $"select setval(pg_get_serial_sequence('{table}', 'id'), {count} + 1000)");
        yield return ("vacuum", "vacuum (analyze)");
    }

    private static string Json(string members) => "{" + members + "}";
}
