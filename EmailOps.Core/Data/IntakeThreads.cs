using EmailOps.Core.Messages;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>
/// Finds or opens the thread of each message of one intake batch. A message joins by Message-ID, In-Reply-To and References
/// (RFC 5322, 3.6.4), in whatever order messages arrive, and only when its sender already belongs to the thread: a stranger who
/// quotes somebody's Message-ID gets a thread of his own, even when he is the first to name it.
/// </summary>
internal sealed class IntakeThreads
{
    private const int MaxReferences = 50;
    private const int MaxParticipants = 100;
    /// <summary>Threads that may name one Message-ID. Guards against a sender that puts the same id into every mail.</summary>
    private const int MaxClaims = 20;
    private readonly Dictionary<string, List<ThreadState>> _byReference = new(StringComparer.Ordinal);
    private readonly List<(string Id, ThreadState Thread)> _newReferences = [];
    private readonly List<ThreadState> _opened = [];
    private readonly HashSet<ThreadState> _grown = [];
    private readonly long _mailboxId;

    private IntakeThreads(long mailboxId) => _mailboxId = mailboxId;

    internal sealed class ThreadState(long id, string subject, IEnumerable<string> participants, int count, DateTimeOffset last)
    {
        public long Id { get; set; } = id;
        public string Subject { get; } = subject;
        public HashSet<string> Participants { get; } = new(participants, StringComparer.OrdinalIgnoreCase);
        public int Count { get; set; } = count;
        public DateTimeOffset Last { get; set; } = last;
    }

    /// <summary>Loads the threads that any message of the batch may join.</summary>
    public static async Task<IntakeThreads> LoadAsync(NpgsqlConnection connection, long mailboxId, IEnumerable<ParsedMail> mails, CancellationToken cancel)
    {
        var threads = new IntakeThreads(mailboxId);
        var ids = mails.SelectMany(Ids).Distinct(StringComparer.Ordinal).ToArray();
        if (ids.Length == 0) return threads;
        var byId = new Dictionary<long, ThreadState>();
        var rows = await Sql.QueryAsync(connection, """
            select r.internet_message_id, t.id, t.participants, t.message_count, t.last_message_at
            from thread_reference r join message_thread t on t.id = r.thread_id
            where r.mailbox_id = $1 and r.internet_message_id = any($2) order by t.id
            """, [mailboxId, ids], r => (Reference: r.GetString(0), Id: r.GetInt64(1), Participants: r.GetFieldValue<string[]>(2), Count: r.GetInt32(3), Last: r.GetFieldValue<DateTimeOffset>(4)), cancel);
        foreach (var row in rows)
        {
            if (!byId.TryGetValue(row.Id, out var thread))
                byId[row.Id] = thread = new ThreadState(row.Id, "", row.Participants, row.Count, row.Last);
            threads.Claims(row.Reference).Add(thread);
        }
        return threads;
    }

    /// <summary>Places a message; call once for each, in order.</summary>
    /// <returns>The thread (its id is known after <see cref="SaveAsync"/>) and how many messages came before.</returns>
    public (ThreadState Thread, int Position) Place(ParsedMail mail, DateTimeOffset receivedAt)
    {
        ThreadState? thread = null;
        foreach (var id in Ids(mail))
        {
            thread = _byReference.GetValueOrDefault(id)?.Find(t => t.Participants.Contains(mail.From.Address));
            if (thread is not null) break;
        }
        if (thread is null)
        {
            thread = new ThreadState(0, mail.Subject, [], 0, receivedAt);
            _opened.Add(thread);
        }
        else if (thread.Id != 0)
        {
            _grown.Add(thread);
        }

        foreach (var person in mail.To.Concat(mail.Cc).Prepend(mail.From))
            if (thread.Participants.Count < MaxParticipants && person.Address.Length > 0) thread.Participants.Add(person.Address);
        foreach (var id in Ids(mail))
        {
            var claims = Claims(id);
            if (claims.Count >= MaxClaims || claims.Contains(thread)) continue;
            claims.Add(thread);
            _newReferences.Add((id, thread));
        }
        if (receivedAt > thread.Last) thread.Last = receivedAt;
        return (thread, thread.Count++);
    }

    private List<ThreadState> Claims(string id)
    {
        if (!_byReference.TryGetValue(id, out var claims)) _byReference[id] = claims = [];
        return claims;
    }

    public async Task SaveAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_opened.Count > 0)
        {
            var ids = await Sql.TakeIdsAsync(connection, "message_thread", _opened.Count, cancel);
            await using var copy = await connection.BeginBinaryImportAsync("copy message_thread (id, mailbox_id, subject, participants, message_count, last_message_at) from stdin binary", cancel);
            for (var i = 0; i < _opened.Count; i++)
            {
                var thread = _opened[i];
                thread.Id = ids[i];
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(thread.Id, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(_mailboxId, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(thread.Subject, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(Participants(thread), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(thread.Count, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(thread.Last, NpgsqlDbType.TimestampTz, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
        if (_grown.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var thread in _grown)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand("update message_thread set message_count = $2, participants = $3, last_message_at = $4 where id = $1")
                {
                    Parameters = { new() { Value = thread.Id }, new() { Value = thread.Count }, new() { Value = Participants(thread) }, new() { Value = thread.Last } },
                });
            }
            await batch.ExecuteNonQueryAsync(cancel);
        }
        if (_newReferences.Count > 0)
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy thread_reference (mailbox_id, internet_message_id, thread_id) from stdin binary", cancel);
            foreach (var (id, thread) in _newReferences)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(_mailboxId, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(id, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(thread.Id, NpgsqlDbType.Bigint, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
    }

    private static string[] Participants(ThreadState thread) => [.. thread.Participants];

    private static IEnumerable<string> Ids(ParsedMail mail)
    {
        if (mail.InternetMessageId is { Length: > 0 } own) yield return own;
        foreach (var reference in mail.References.Take(MaxReferences)) yield return reference;
    }
}
