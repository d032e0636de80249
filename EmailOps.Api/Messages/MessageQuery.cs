using System.Globalization;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;

namespace EmailOps.Api.Messages;

/// <summary>
/// The statements of the inbox for one filter. Which messages a page has is decided on narrow rows alone (the decision with what is filtered by beside it, or
/// the order of arrival), each read from an index that is in the page's order already; what the page shows of them is fetched for its fifty afterwards.
/// </summary>
internal sealed class MessageQuery
{
    /// <summary>Messages that wait for triage, newest first, among which their tab looks; of those behind it only the number is shown.</summary>
    private const int MostWaiting = 10_000;
    /// <summary>Triaged messages without a decision yet: policy's and the language model's queue.</summary>
    private const int MostBetween = 2_000;
    /// <summary>Messages gone through for words before their index is asked.</summary>
    private const int Newest = 10_000;
    /// <summary>A shorter word is meant as it stands, a longer one as a beginning.</summary>
    private const int LeastBeginning = 3;

    private const string Facets = "m.id as message_id, m.received_at, m.mailbox_id, null::text as kind, t.category, t.priority, t.language";

    // Dead letters have an index of their own, so each half of a queue is asked for by itself.
    private static readonly string s_between = $"""
        (select {Facets} from (
            (select subject_id from work_item where stage in ({(int)Stage.Policy}, {(int)Stage.Consult}) and died_at is null limit {MostBetween})
            union (select subject_id from work_item where stage = {(int)Stage.Triage} and died_at is null limit {MostBetween})
            union (select subject_id from work_item where stage in ({(int)Stage.Triage}, {(int)Stage.Policy}, {(int)Stage.Consult}) and died_at is not null limit {MostBetween})) q
        join message m on m.id = q.subject_id join triage_result t on t.message_id = m.id where not exists (select from decision d where d.message_id = m.id)) x
        """;
    private static readonly string s_waiting = $"""
        (select {Facets} from (select distinct subject_id from work_item where stage in ({(int)Stage.Triage}, {(int)Stage.Policy}) order by subject_id desc limit {MostWaiting}) q
        join message m on m.id = q.subject_id left join triage_result t on t.message_id = m.id where not exists (select from decision d where d.message_id = m.id)) x
        """;
    // The sum is what message_of_mailbox is built on: an index for this page alone, which no look-up of a sender can fall for.
    private const string Arrivals = "(select id as message_id, received_at, mailbox_id + 0 as mailbox_id from message) x";

    private readonly MessageFilter _filter;
    private readonly string _conditions;
    private readonly string? _decision;
    private readonly int? _levels;
    /// <summary>The words asked for, as SQL; null: none.</summary>
    private readonly string? _question;
    /// <summary>The messages that people put a label on, as SQL, in order of its index; null: no label is asked for. They are few, so everything else is looked up for them.</summary>
    private readonly string? _labelled;

    public MessageQuery(MessageFilter filter)
    {
        _filter = filter;
        if (filter.Decision is { } decision) _decision = $" and x.kind = '{decision}'"; // one of a closed list; as a constant, so that its share is known
        if (filter.Priority is { } priority)
        {
            // Level by level: each is in order of arrival, "from seven up" is not.
            Values.Add(Enumerable.Range(Math.Clamp(priority, 1, 10), 11 - Math.Clamp(priority, 1, 10)).Select(p => (short)p).ToArray());
            _levels = Values.Count;
        }
        if (!string.IsNullOrWhiteSpace(filter.Words)) _question = Question(filter.Words, filter.Language) is { Length: > 0 } question ? $"{Value(question)}::tsquery" : "null::tsquery";
        if (filter.Label is { } label)
            _labelled = $"""
                (select f.message_id, f.received_at, m.mailbox_id, d.kind, t.category, t.priority, t.language from message_label f join message m on m.id = f.message_id
                left join lateral (select * from triage_result where message_id = f.message_id limit 1) t on true left join lateral (select * from decision where message_id = f.message_id limit 1) d on true
                where f.label_id = {Value(label)} and f.is_on) x
                """;
        _conditions = Conditions();
    }

    public List<object?> Values { get; } = [];

    /// <summary>Something beside the tab narrows the list.</summary>
    private bool IsNarrowed => _conditions.Length > 0 || _levels is not null || _question is not null;

    private bool ByFacet => _filter.Decision is not null || (_filter.Mailbox is not null && _question is not null) || _filter.Category is { Length: > 0 } || _filter.Language is { Length: > 0 } || _levels is not null;

    /// <summary>Ids and times of a page's messages and of one more.</summary>
    public string Page(Cursor? after)
    {
        var (place, most) = ("", _filter.Rows + 1);
        if (after is { } cursor) place = $" and (x.received_at, x.message_id) < ({Value(cursor.ReceivedAt)}, {Value(cursor.Id)})";
        if (_labelled is not null) return Select(_labelled + Levels("where"), place + _decision + (_filter.Untriaged == true ? " and x.kind is null" : "") + HasWords, most);
        if (_filter.Untriaged == true) return Select(s_waiting + Levels("where"), place + _decision + HasWords, most);
        if (!ByFacet) return _question is null ? Select(Arrivals, place, most) : Found(place, most);
        var decided = _question is null ? Decided(place + _decision, Place, most) : FoundDecided(place + _decision, Place, most);
        return _filter.Decision is not null ? decided : Ordered($"({decided}) union all ({Select(s_between + Levels("where"), place + HasWords, most)})", most);
    }

    /// <summary>Kind and number; <paramref name="most"/> of each at most. Narrowed, of the newest that match.</summary>
    public string Counts(long most)
    {
        const string columns = "x.kind, x.received_at, x.message_id";
        if (_labelled is not null)
            return $"select kind, least(count(*), {most}) from ({Select(_labelled + Levels("where"), " and x.kind is not null" + HasWords, Newest, columns)}) x group by kind";
        if (!IsNarrowed)
            return $"select k.kind, c.n from unnest({Value(Enum.GetNames<DecisionKind>())}::text[]) k (kind), lateral (select count(*) n from (select from decision d where d.kind = k.kind limit {most}) x) c";
        var rows = _question is null
            ? _filter.Draft is null ? Decided("", columns, 5 * most) : Select($"(select d.* from (select distinct message_id from (select message_id from draft where state = '{_filter.Draft}' order by message_id desc limit {most}) f) f {Decision("f")}) x", Levels("and"), most, columns)
            : ByFacet || _filter.Draft is not null ? FoundDecided("", columns, most) : $"select d.kind from ({Found("", most)}) x {Decision("x")}";
        return $"select kind, least(count(*), {most}) from ({rows}) x group by kind";
    }

    private const string Place = "x.message_id, x.received_at";

    /// <summary>The decision of each row, one by one: a join would let the planner read all decisions for a few thousand of them.</summary>
    private static string Decision(string of) => $"cross join lateral (select * from decision where message_id = {of}.message_id limit 1) d";

    private string HasWords => _question is null ? "" : $" and exists (select from message_words w where w.message_id = x.message_id and w.words @@ {_question})";

    // Words that many messages have are found by going through the newest; the index would fetch them all before the first can be shown. What is not among
    // the newest ten thousand is rare, and the index has little to fetch.
    private string Found(string also, long most) => $"""
        with near as materialized (
            select x.message_id, x.received_at from (select * from message_words x where true{also} order by x.received_at desc, x.message_id desc limit {Newest}) x
            where x.words @@ {_question}{_conditions} order by x.received_at desc, x.message_id desc limit {most})
        {Ordered($"""
            select message_id, received_at from near where (select count(*) from near) >= {Math.Min(most, _filter.Rows + 1)} union all
            select x.message_id, x.received_at from message_words x where x.words @@ {_question}{_conditions}{also} and (select count(*) from near) < {Math.Min(most, _filter.Rows + 1)}
            """, most)}
        """;

    /// <summary>The same among what the other filters leave; when that is all of it, the index of words is not asked at all.</summary>
    private string FoundDecided(string also, string columns, long most) => $"""
        with newest as materialized ({(ByFacet ? Decided(also, "x.message_id, x.received_at, x.kind", Newest) : $"select w.message_id, w.received_at, d.kind from (select message_id, received_at from message_words order by received_at desc, message_id desc limit {Newest}) w {Decision("w")}")}),
        near as materialized (
            select x.* from newest x cross join lateral (select from message_words w where w.message_id = x.message_id and w.words @@ {_question} limit 1) w
            order by x.received_at desc, x.message_id desc limit {most})
        {Ordered($"""
            select {columns} from near x where (select count(*) from near) >= {Math.Min(most, _filter.Rows + 1)} or (select count(*) from newest) < {Newest} union all
            select {columns} from message_words w join decision x on x.message_id = w.message_id
            where w.words @@ {_question}{_conditions}{also}{Levels("and")} and (select count(*) from near) < {Math.Min(most, _filter.Rows + 1)} and (select count(*) from newest) = {Newest}
            """, most)}
        """;

    private string Decided(string also, string columns, long most) => _levels is null
        ? Select("decision x", also, most, columns)
        : Ordered($"select x.* from unnest(${_levels}::smallint[]) p (level) cross join lateral ({Select("decision x where x.priority = p.level", also, most, columns)}) x", most);

    private string Levels(string word) => _levels is null ? "" : $" {word} x.priority = any(${_levels})";

    private string Select(string from, string also, long most, string columns = Place)
        => $"select {columns} from {from} {(from.Contains("where x.", StringComparison.Ordinal) ? "and" : "where")} true{_conditions}{also} order by x.received_at desc, x.message_id desc limit {most}";

    private static string Ordered(string rows, long most) => $"select x.* from ({rows}) x order by x.received_at desc, x.message_id desc limit {most}";

    private string Conditions()
    {
        var where = new StringBuilder();
        if (_filter.Mailbox is { } mailbox) where.Append(CultureInfo.InvariantCulture, $" and x.mailbox_id = {Value(mailbox)}");
        if (_filter.Category is { Length: > 0 } category) where.Append(CultureInfo.InvariantCulture, $" and x.category = {Value(StoredText.Clean(category))}");
        if (_filter.Language is { Length: > 0 } language) where.Append(CultureInfo.InvariantCulture, $" and x.language = {Value(StoredText.Clean(language))}");
        // The latest that was not superseded, as the row shows it; asked message by message (offset 0 keeps it from becoming a join over all drafts).
        if (_filter.Draft is { } draft)
            where.Append(CultureInfo.InvariantCulture, $" and exists (select from draft f where f.message_id = x.message_id and f.state = '{draft}' and not exists (select from draft n where n.message_id = f.message_id and n.id > f.id and n.state <> 'Superseded') offset 0)");
        return where.ToString();
    }

    /// <summary>
    /// All of the words. One that stands alone is a beginning: "invoice" finds invoices, and with a language chosen "invoices" finds invoice, too. Parts of an
    /// address or a number with dashes are meant as they stand: as beginnings, the index would gather every "example" before it looks at the name.
    /// </summary>
    private static string Question(string text, string? language)
    {
        const int most = 8;
        var (reader, words) = (new MessageWords(), new List<string>());
        foreach (var term in StoredText.Clean(text.Length > 500 ? text[..500] : text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = reader.Read(term);
            foreach (var word in parts)
            {
                if (words.Count == most) return string.Join(" & ", words);
                var isPair = word.Any(c => c >= '\u2E80');
                var stem = language is { Length: > 0 } ? word[..LightStemmer.Of(language).StemLength(word)] : word;
                words.Add(isPair || (parts.Count == 1 && word.Length >= LeastBeginning) ? $"'{stem}':*" : $"'{word}'");
            }
        }
        return string.Join(" & ", words);
    }

    private string Value(object value)
    {
        Values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${Values.Count}");
    }
}
