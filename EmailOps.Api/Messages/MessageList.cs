using System.Text;
using EmailOps.Core.Messages;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Api.Messages;

/// <summary>
/// The inbox. Reads by the index of its narrowest filter (decision, else category, else arrival), so that a page costs the same however
/// many messages are stored; counts stop at <see cref="CountCap"/>.
/// </summary>
internal sealed class MessageList(NpgsqlDataSource source)
{
    /// <summary>A tab shows "999+" from here: counting on would cost more than anybody reads out of it.</summary>
    public const long CountCap = 1000;

    private const string Columns = """
        m.id, m.mailbox_id, m.thread_id, m.subject, m.from_name, m.from_address, m.received_at, th.message_count, coalesce(jsonb_array_length(m.attachments), 0),
        t.category, t.category_confidence, t.corrected_from is not null, t.priority, t.language, t.summary, d.kind, dr.state, coalesce(t.degraded, false), m.is_unparsable
        """;
    private const string LatestDraft = "left join lateral (select state from draft where message_id = m.id and state <> 'Superseded' order by id desc limit 1) dr on true";

    public async Task<MessagePage> PageAsync(MessageFilter filter, Cursor? after, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var (where, values) = Conditions(filter, withDecision: true);
        var order = filter.Decision is not null ? "d.received_at desc, d.message_id desc" : filter.Category is not null ? "t.received_at desc, t.message_id desc" : "m.received_at desc, m.id desc";
        var position = order.Replace(" desc", "", StringComparison.Ordinal);
        if (after is { } cursor)
        {
            values.Add(cursor.ReceivedAt);
            values.Add(cursor.Id);
            where.Append(System.Globalization.CultureInfo.InvariantCulture, $" and ({position}) < (${values.Count - 1}, ${values.Count})");
        }
        var items = await Sql.QueryAsync(connection, $"""
            select {Columns} from {Tables(filter)} {LatestDraft}
            where {where} order by {order} limit {filter.Rows + 1}
            """, [.. values], Read, cancel);
        var more = items.Count > filter.Rows;
        if (more) items.RemoveAt(items.Count - 1);
        return new MessagePage(items, more ? new Cursor(items[^1].ReceivedAt, items[^1].Id).ToString() : null,
            await CountsAsync(connection, filter, cancel), await UntriagedAsync(connection, filter.Mailbox, cancel));
    }

    /// <summary>The list row of one message, as the message page heads with.</summary>
    public async Task<MessageListItem?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, $"select {Columns} from {Tables(new MessageFilter())} {LatestDraft} where m.id = $1", [id], Read, cancel);
        return rows.SingleOrDefault();
    }

    private static string Tables(MessageFilter filter)
    {
        const string thread = "join message_thread th on th.id = m.thread_id";
        if (filter.Decision is not null) return $"decision d join message m on m.id = d.message_id left join triage_result t on t.message_id = m.id {thread}";
        if (filter.Category is not null) return $"triage_result t join message m on m.id = t.message_id left join decision d on d.message_id = m.id {thread}";
        // Who waits for a decision has a work item, dead ones included: far fewer rows than the messages.
        if (filter.Untriaged == true) return $"(select distinct subject_id from work_item where stage in ({(int)Stage.Triage}, {(int)Stage.Policy})) w join message m on m.id = w.subject_id left join triage_result t on t.message_id = m.id left join decision d on d.message_id = m.id {thread}";
        return $"message m left join triage_result t on t.message_id = m.id left join decision d on d.message_id = m.id {thread}";
    }

    private static (StringBuilder Where, List<object?> Values) Conditions(MessageFilter filter, bool withDecision)
    {
        var where = new StringBuilder("true");
        var values = new List<object?>();
        void Add(string condition, object value)
        {
            values.Add(value);
            where.Append(" and ").Append(condition.Replace("$?", $"${values.Count}", StringComparison.Ordinal));
        }
        if (filter.Mailbox is { } mailbox) Add("m.mailbox_id = $?", mailbox);
        if (withDecision && filter.Decision is { } decision) Add("d.kind = $?", decision.ToString());
        if (filter.Category is { Length: > 0 } category) Add("t.category = $?", StoredText.Clean(category));
        if (filter.Priority is { } priority) Add("t.priority >= $?", (short)Math.Clamp(priority, 1, 10));
        if (filter.Language is { Length: > 0 } language) Add("t.language = $?", StoredText.Clean(language));
        if (filter.Draft is { } draft) Add("dr.state = $?", draft.ToString());
        if (filter.Untriaged == true) where.Append(" and d.message_id is null");
        foreach (var word in (filter.Words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8))
        {
            var pattern = "%" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            Add("(m.subject ilike $? or m.from_address ilike $? or m.from_name ilike $? or m.text ilike $?)", StoredText.Clean(pattern));
        }
        return (where, values);
    }

    private static async Task<IReadOnlyDictionary<DecisionKind, long>> CountsAsync(NpgsqlConnection connection, MessageFilter filter, CancellationToken cancel)
    {
        var (where, values) = Conditions(filter, withDecision: false);
        values.Add(Enum.GetNames<DecisionKind>());
        var joins = "decision d join message m on m.id = d.message_id left join triage_result t on t.message_id = m.id" + (filter.Draft is null ? "" : $" {LatestDraft}");
        var rows = await Sql.QueryAsync(connection, $"""
            select k.kind, c.n from unnest(${values.Count}) k (kind),
            lateral (select count(*) n from (select 1 from {joins} where d.kind = k.kind and {where} limit {CountCap}) x) c
            """, [.. values], r => (Kind: Enum.Parse<DecisionKind>(r.GetString(0)), Count: r.GetInt64(1)), cancel);
        return rows.ToDictionary(r => r.Kind, r => r.Count);
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
            Degraded = row.GetBoolean(17), Unparsable = row.GetBoolean(18),
        };
    }
}
