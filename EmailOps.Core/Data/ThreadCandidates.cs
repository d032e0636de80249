using EmailOps.Core.Messages;
using EmailOps.Mail.Automated;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// The threads that messages of one batch may join: by signed Message-IDs and plus-addresses, by Message-IDs (RFC 5322, 3.6.4), by subject. Loaded
/// with at most one query a way, and kept up to date while the batch is placed, so that messages of one batch find each other.
/// </summary>
internal sealed class ThreadCandidates(ReplyMarks marks)
{
    /// <summary>How long after its last message a thread is found by its subject.</summary>
    public static readonly TimeSpan SubjectWindow = TimeSpan.FromDays(30);
    /// <summary>Marks and tokens looked up for one mail. Guards against a mail made of nothing else.</summary>
    private const int MaxMarks = 20;
    /// <summary>Messages of one sender looked at for their subjects. Guards against a sender of thousands.</summary>
    private const int MaxOfSender = 200;

    private readonly Dictionary<long, ThreadState> _byId = [];
    private readonly Dictionary<long, MarkedReply> _byDraft = [];
    private readonly Dictionary<string, List<ThreadState>> _byReference = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Sender, string Subject), HashSet<ThreadState>> _bySubject = [];

    public MarkedReply? Marked(string internetMessageId) => marks.DraftOf(internetMessageId) is { } draft ? _byDraft.GetValueOrDefault(draft) : null;

    public ThreadState? Addressed(string address) => marks.ThreadOf(address) is { } id ? _byId.GetValueOrDefault(id) : null;

    /// <summary>Threads that have seen a Message-ID or were referred to by it.</summary>
    public List<ThreadState> Claims(string internetMessageId)
    {
        if (!_byReference.TryGetValue(internetMessageId, out var claims)) _byReference[internetMessageId] = claims = [];
        return claims;
    }

    /// <summary>The only recent thread of this sender and subject; null when there is none, or more than one.</summary>
    public ThreadState? Alike(string sender, string subjectKey, DateTimeOffset receivedAt)
    {
        var found = _bySubject.GetValueOrDefault((sender, subjectKey))?.Where(t => (receivedAt - t.Last).Duration() <= SubjectWindow).Take(2).ToArray();
        return found is [var only] ? only : null;
    }

    /// <summary>A message of the sender stands in the thread from now on.</summary>
    public void Placed(string sender, ThreadState thread)
    {
        if (sender.Length == 0 || ThreadSubject.Key(thread.Subject) is not { } key) return;
        if (!_bySubject.TryGetValue((sender, key), out var threads)) _bySubject[(sender, key)] = threads = [];
        threads.Add(thread);
    }

    public static IEnumerable<string> Ids(ParsedMail mail) => mail.InternetMessageId is { Length: > 0 } own ? mail.References.Prepend(own) : mail.References;

    public static IEnumerable<string> MarkedIds(ParsedMail mail) => (mail.Report?.Marks ?? []).Concat(mail.References).Take(MaxMarks);

    public static IEnumerable<string> Addresses(ParsedMail mail) => mail.To.Concat(mail.Cc).Select(c => c.Address).Concat(mail.DeliveredTo);

    /// <summary>Whether a mail may look for its thread by subject: a person's reply that names nothing we know.</summary>
    public static bool AsksBySubject(ParsedMail mail) => mail.Automated == AutomatedKind.Normal && mail.Unparsable is null && ThreadSubject.IsReply(mail.Subject);

    public static async Task<ThreadCandidates> LoadAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, ReplyMarks marks, DateTimeOffset now, CancellationToken cancel)
    {
        var found = new ThreadCandidates(marks);
        await found.LoadMarkedAsync(connection, mailboxId, mails, cancel);
        await found.LoadReferencesAsync(connection, mailboxId, mails, cancel);
        await found.LoadSubjectsAsync(connection, mailboxId, mails, now, cancel);
        return found;
    }

    private const string Columns = "t.id, t.subject, t.participants, t.message_count, t.last_message_at";

    private async Task LoadMarkedAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var drafts = mails.SelectMany(MarkedIds).Select(marks.DraftOf).OfType<long>().Distinct().ToArray();
        if (drafts.Length > 0)
        {
            foreach (var (draft, reply) in await Sql.QueryAsync(connection, $"""
                select {Columns}, o.draft_id, o.id, o.recipient
                from outbound_message o join message m on m.id = o.message_id join message_thread t on t.id = m.thread_id
                where o.mailbox_id = $1 and o.draft_id = any($2)
                """, [mailboxId, drafts], r => (r.GetInt64(5), new MarkedReply(r.GetInt64(6), r.GetString(7), Thread(r))), cancel))
                _byDraft[draft] = reply;
        }
        var tokens = mails.SelectMany(m => Addresses(m).Where(a => a.Contains('+', StringComparison.Ordinal)).Take(MaxMarks)).Select(marks.ThreadOf).OfType<long>().Distinct().ToArray();
        if (tokens.Length > 0)
            await Sql.QueryAsync(connection, $"select {Columns} from message_thread t where t.mailbox_id = $1 and t.id = any($2)", [mailboxId, tokens], Thread, cancel);
    }

    private async Task LoadReferencesAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var ids = mails.SelectMany(Ids).Distinct(StringComparer.Ordinal).ToArray();
        if (ids.Length == 0) return;
        foreach (var (id, thread) in await Sql.QueryAsync(connection, $"""
            select {Columns}, r.internet_message_id from thread_reference r join message_thread t on t.id = r.thread_id
            where r.mailbox_id = $1 and r.internet_message_id = any($2) order by t.id
            """, [mailboxId, ids], r => (r.GetString(5), Thread(r)), cancel))
            Claims(id).Add(thread);
    }

    private async Task LoadSubjectsAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, DateTimeOffset now, CancellationToken cancel)
    {
        // What is found by its references is not asked for again.
        var asking = mails.Where(m => AsksBySubject(m) && !Ids(m).Any(_byReference.ContainsKey) && ThreadSubject.Key(m.Subject) is not null).ToArray();
        if (asking.Length == 0) return;
        var earliest = asking.Min(m => m.ReceivedAt ?? m.SentAt ?? now);
        foreach (var (sender, thread) in await Sql.QueryAsync(connection, $"""
            select {Columns}, s.address from unnest($2::text[]) s (address)
            cross join lateral (select distinct o.thread_id from (select thread_id from message
                where mailbox_id = $1 and from_address = s.address and received_at >= $3 order by received_at desc limit $4) o) f
            join message_thread t on t.id = f.thread_id
            """, [mailboxId, asking.Select(m => m.From.Address).Where(a => a.Length > 0).Distinct().ToArray(), Earlier(earliest, now), MaxOfSender], r => (r.GetString(5), Thread(r)), cancel))
            Placed(sender, thread);
    }

    // A date that a sender wrote may lie anywhere.
    private static DateTimeOffset Earlier(DateTimeOffset at, DateTimeOffset now) => (at.Year < 1980 || at > now ? now : at.ToUniversalTime()) - SubjectWindow;

    private ThreadState Thread(NpgsqlDataReader row)
    {
        var id = row.GetInt64(0);
        if (!_byId.TryGetValue(id, out var thread))
            _byId[id] = thread = new ThreadState(id, row.GetString(1), row.GetFieldValue<string[]>(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4));
        return thread;
    }
}
