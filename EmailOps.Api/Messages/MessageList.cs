using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Api.Messages;

/// <summary>
/// The inbox. A page costs the same however many messages are stored (<see cref="MessageQuery"/>); counts stop at <see cref="CountCap"/>, and under a filter
/// they are those of its newest ten thousand messages.
/// </summary>
internal sealed class MessageList(NpgsqlDataSource source)
{
    /// <summary>A tab shows "999+" from here: counting on would cost more than anybody reads out of it.</summary>
    public const long CountCap = 1000;

    private const string Columns = """
        m.id, m.mailbox_id, m.thread_id, m.subject, m.from_name, m.from_address, m.received_at, th.message_count, coalesce(jsonb_array_length(m.attachments), 0),
        t.category, t.category_confidence, t.corrected_from is not null, t.priority, t.language, t.summary, d.kind, dr.state, coalesce(t.degraded, false), m.is_unparsable,
        array(select l.name from message_label ml join label l on l.id = ml.label_id where ml.message_id = m.id and ml.is_on and l.retired_at is null order by lower(l.name))
        """;
    private const string LatestDraft = "left join lateral (select state from draft where message_id = m.id and state <> 'Superseded' order by id desc limit 1) dr on true";

    // Row by row, whatever the planner thinks of fifty rows: it must never read a whole table for them.
    private const string Tables = """
        left join lateral (select * from triage_result where message_id = m.id limit 1) t on true left join lateral (select * from decision where message_id = m.id limit 1) d on true
        cross join lateral (select message_count from message_thread where id = m.thread_id limit 1) th
        """;

    public async Task<MessagePage> PageAsync(MessageFilter filter, Cursor? after, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var query = new MessageQuery(filter);
        var items = await Sql.QueryAsync(connection, $"""
            select {Columns} from ({query.Page(after)}) p cross join lateral (select * from message where id = p.message_id limit 1) m {Tables} {LatestDraft}
            order by p.received_at desc, p.message_id desc
            """, [.. query.Values], Read, cancel);
        var more = items.Count > filter.Rows;
        if (more) items.RemoveAt(items.Count - 1);
        return new MessagePage(items, more ? new Cursor(items[^1].ReceivedAt, items[^1].Id).ToString() : null,
            await CountsAsync(connection, filter, cancel), await UntriagedAsync(connection, filter.Mailbox, cancel));
    }

    /// <summary>The list row of one message, as the message page heads with.</summary>
    public async Task<MessageListItem?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, $"select {Columns} from message m {Tables} {LatestDraft} where m.id = $1", [id], Read, cancel);
        return rows.SingleOrDefault();
    }

    private static async Task<IReadOnlyDictionary<DecisionKind, long>> CountsAsync(NpgsqlConnection connection, MessageFilter filter, CancellationToken cancel)
    {
        var query = new MessageQuery(new MessageFilter { Mailbox = filter.Mailbox, Category = filter.Category, Priority = filter.Priority, Language = filter.Language, Draft = filter.Draft, Words = filter.Words, Label = filter.Label });
        var rows = await Sql.QueryAsync(connection, query.Counts(CountCap), [.. query.Values], r => (Kind: Enum.Parse<DecisionKind>(r.GetString(0)), Count: r.GetInt64(1)), cancel);
        return Enum.GetValues<DecisionKind>().ToDictionary(kind => kind, kind => rows.Find(r => r.Kind == kind).Count);
    }

    private static async Task<long> UntriagedAsync(NpgsqlConnection connection, long? mailbox, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, """
            select count(*) from (select distinct subject_id from work_item w where stage = any($1) and ($2 = 0 or mailbox_id = $2)
                and not exists (select from decision d where d.message_id = w.subject_id) limit 10000) x
            """, [new[] { (short)Stage.Triage, (short)Stage.Policy }, mailbox ?? 0L], r => r.GetInt64(0), cancel)).Single();

    private static MessageListItem Read(NpgsqlDataReader row)
    {
        string? Text(int i) => row.IsDBNull(i) ? null : row.GetString(i);
        return new MessageListItem
        {
            Id = row.GetInt64(0), MailboxId = row.GetInt64(1), ThreadId = row.GetInt64(2), Subject = row.GetString(3),
            From = new Correspondent(Text(4), row.GetString(5)), ReceivedAt = row.GetFieldValue<DateTimeOffset>(6),
            ThreadSize = row.GetInt32(7), AttachmentCount = row.GetInt32(8),
            Category = Text(9), CategoryConfidence = row.IsDBNull(10) ? null : row.GetFloat(10), CategoryCorrected = row.GetBoolean(11),
            Priority = row.IsDBNull(12) ? null : row.GetInt16(12), Language = Text(13), Summary = Text(14),
            Decision = Text(15) is { } kind ? Enum.Parse<DecisionKind>(kind) : null,
            Draft = Text(16) is { } state ? Enum.Parse<DraftState>(state) : null,
            Degraded = row.GetBoolean(17), Unparsable = row.GetBoolean(18), Labels = row.GetFieldValue<string[]>(19),
        };
    }
}
