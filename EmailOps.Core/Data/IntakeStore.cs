using System.Diagnostics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Stores a batch of parsed mails in one transaction: raw bytes, threads, messages, ledger and the work that follows.
/// Writers of one mailbox take turns (an advisory lock), so that copies and threads are recognised across processes.
/// </summary>
internal sealed class IntakeStore(NpgsqlDataSource source, ReplyMarkKey key, TimeProvider clock)
{
    private const int LockClass = 0x496E_7461; // "Inta"
    private const int MostAttempts = 20;

    /// <param name="importId">The import whose counters grow with this batch; null outside one.</param>
    public Task<IReadOnlyList<IntakeResult>> StoreAsync(long mailboxId, long? importId, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
        => StoreAsync(mailboxId, importId, mails, null, cancel);

    /// <summary>
    /// Mails from a server: each place is taken in once, and the folder's progress is saved in the same transaction. A mail whose place is known
    /// is left out of the result, unless it was missing then and is whole now.
    /// </summary>
    /// <param name="importId">The import whose counters grow with this batch; null outside one.</param>
    public async Task<IReadOnlyList<IntakeResult>> StoreAsync(long mailboxId, long? importId, IReadOnlyList<ParsedMail> mails, FolderProgress? progress, CancellationToken cancel)
    {
        if (mails.Count == 0 && progress is null) return [];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StoreOnceAsync(mailboxId, importId, mails, progress, cancel);
            }
            // Another mailbox stored some of the same bytes meanwhile; now that it has, they are found.
            catch (PostgresException collision) when (collision.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected && attempt < MostAttempts)
            {
                continue;
            }
        }
    }

    /// <summary>Takes away a message that could not be read, once the same bytes were stored as a mail that can; its ledger line stays.</summary>
    public async Task ForgetUnreadableAsync(long messageId, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("""
            with gone as (delete from message where id = $1 and is_unparsable returning thread_id, mailbox_id),
                counted as (update mailbox_tally t set messages = t.messages - 1 from gone where t.mailbox_id = gone.mailbox_id)
            delete from message_thread t using gone where t.id = gone.thread_id and t.message_count = 1
            """);
        command.Parameters.Add(new() { Value = messageId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<IReadOnlyList<IntakeResult>> StoreOnceAsync(long mailboxId, long? importId, IReadOnlyList<ParsedMail> mails, FolderProgress? progress, CancellationToken cancel)
    {
        var marks = await key.MarksAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await TakeTurnAsync(connection, mailboxId, cancel);

        mails = await ServerMessageRows.NewOnlyAsync(connection, mails, cancel);
        if (mails.Count == 0)
        {
            await ServerMessageRows.AdvanceAsync(connection, progress, cancel);
            await transaction.CommitAsync(cancel);
            return [];
        }
        var now = clock.GetUtcNow();
        var (known, retired) = await KnownAsync(connection, mailboxId, mails, cancel);
        var rawIds = await IntakeRows.SaveRawAsync(connection, retired.Count == 0 ? mails : [.. mails.Where(m => !retired.Contains(m.DedupeKey))], cancel);
        var threads = await IntakeThreads.LoadAsync(connection, mailboxId, mails, marks, now, cancel);
        var rows = new List<MessageRow>(mails.Count);
        using var traces = new IntakeTraces(rows, mailboxId);
        var results = new LedgerRow[mails.Count];
        for (var i = 0; i < mails.Count; i++)
        {
            var mail = mails[i];
            if (retired.Contains(mail.DedupeKey))
            {
                results[i] = new(mail, IntakeOutcome.Duplicate, "It was archived or erased, and is not stored again.", known[mail.DedupeKey], null);
                continue;
            }
            var rawId = mail.Mail.Raw.IsEmpty ? (long?)null : rawIds[mail.Sha256];
            if (rawId is null)
            {
                results[i] = new(mail, IntakeOutcome.Refused, mail.Unparsable ?? "Nothing could be read.", null, null);
                continue;
            }
            if (known.TryGetValue(mail.DedupeKey, out var twin))
            {
                results[i] = new(mail, IntakeOutcome.Duplicate, Copied(mail), twin, rawId);
                continue;
            }
            var receivedAt = Received(mail, now);
            var placement = threads.Place(mail, receivedAt);
            var row = new MessageRow(mail, rawId.Value, mail.DedupeKey, placement, receivedAt) { Span = MessageTrace.Begin() };
            known[mail.DedupeKey] = row;
            rows.Add(row);
            results[i] = mail.Unparsable is { } problem
                ? new(mail, IntakeOutcome.Unparsable, problem, row, rawId)
                : new(mail, IntakeOutcome.Stored, placement.Position > 0 ? "New message in a known thread." : "New message.", row, rawId);
        }

        await threads.SaveAsync(connection, cancel);
        await IntakeRows.SaveMessagesAsync(connection, mailboxId, rows, now, cancel);
        await WordIndexer.WaitAsync(connection, rows, cancel);
        await TallyAsync(connection, mailboxId, rows, cancel);
        await MessageTraces.SaveAsync(connection, rows, cancel);
        await BounceStore.SaveAsync(connection, mailboxId, rows, cancel);
        var entryIds = await IntakeRows.SaveLedgerAsync(connection, mailboxId, importId, results, now, cancel);
        await ServerMessageRows.SaveAsync(connection, results, entryIds, cancel);
        await ServerMessageRows.AdvanceAsync(connection, progress, cancel);
        // What could not be read has nothing to triage: policy holds it for a person.
        await WorkQueue.EnqueueAsync(connection, [.. rows.Select(r => new NewWork(r.Mail.Unparsable is null ? Stage.Triage : Stage.Policy, r.Id, mailboxId, ThreadId: r.Placement.Thread.Id) { TraceParent = r.TraceParent })], cancel);
        if (importId is { } import)
        {
            await CountAsync(connection, import, results, now, cancel);
            await LiveEvents.AnnounceAsync(connection, "import", import, cancel);
        }
        if (rows.Count > 0) await LiveEvents.AnnounceAsync(connection, "message", rows[^1].Id, cancel);
        await transaction.CommitAsync(cancel);
        traces.Stored();
        return [.. results.Select(r => new IntakeResult(r.Mail.Mail, r.Outcome, r.Reason, r.Row?.Id))];
    }

    /// <returns>Copies of these, and of them those that were taken out of the database: not even their bytes are kept again.</returns>
    private static async Task<(Dictionary<byte[], MessageRow> Known, HashSet<byte[]> Retired)> KnownAsync(NpgsqlConnection connection, long mailboxId, IReadOnlyList<ParsedMail> mails, CancellationToken cancel)
    {
        var rows = await Sql.QueryAsync(connection, """
            select dedupe_key, id, false from message where mailbox_id = $1 and dedupe_key = any($2)
            union all select r.dedupe_key, r.message_id, true from message_retired r where r.mailbox_id = $1 and r.dedupe_key = any($2) and not exists (select from message m where m.mailbox_id = $1 and m.dedupe_key = r.dedupe_key)
            """, [mailboxId, mails.Select(m => m.DedupeKey).ToArray()], r => (Key: r.GetFieldValue<byte[]>(0), Id: r.GetInt64(1), IsRetired: r.GetBoolean(2)), cancel);
        return (rows.ToDictionary(r => r.Key, r => MessageRow.Stored(r.Id), ByteArrayComparer.Instance), new(rows.Where(r => r.IsRetired).Select(r => r.Key), ByteArrayComparer.Instance));
    }

    /// <summary>Waits as long as it takes: others may be storing large mails.</summary>
    private static async Task TakeTurnAsync(NpgsqlConnection connection, long mailboxId, CancellationToken cancel)
    {
        await using var turn = Sql.Command(connection, "select pg_advisory_xact_lock($1, $2)", LockClass, unchecked((int)mailboxId));
        turn.CommandTimeout = 0;
        await turn.ExecuteNonQueryAsync(cancel);
    }

    private static string Copied(ParsedMail mail) => mail.InternetMessageId is null
        ? "The same content is stored already (no Message-ID to tell them apart)."
        : "A copy: same Message-ID and same content as a stored message.";

    /// <summary>When it arrived: the topmost Received header, else the Date header, never the future.</summary>
    private static DateTimeOffset Received(ParsedMail mail, DateTimeOffset now)
    {
        var at = mail.ReceivedAt ?? mail.SentAt ?? now;
        return at > now || at.Year < 1980 ? now : at.ToUniversalTime();
    }

    private static async Task TallyAsync(NpgsqlConnection connection, long mailboxId, List<MessageRow> rows, CancellationToken cancel)
    {
        if (rows.Count > 0) await Sql.ExecuteAsync(connection, """
            insert into mailbox_tally as t (mailbox_id, messages, last_received_at) values ($1, $2, $3)
            on conflict (mailbox_id) do update set messages = t.messages + excluded.messages, last_received_at = greatest(t.last_received_at, excluded.last_received_at)
            """, [mailboxId, (long)rows.Count, rows.Max(r => r.ReceivedAt)], cancel);
    }

    private static Task<int> CountAsync(NpgsqlConnection connection, long importId, LedgerRow[] rows, DateTimeOffset now, CancellationToken cancel)
    {
        int Count(IntakeOutcome outcome) => rows.Count(r => r.Outcome == outcome);
        return Sql.ExecuteAsync(connection, "update import_run set stored = stored + $2, duplicates = duplicates + $3, unparsable = unparsable + $4, refused = refused + $5, progress_at = $6 where id = $1",
            [importId, Count(IntakeOutcome.Stored), Count(IntakeOutcome.Duplicate), Count(IntakeOutcome.Unparsable), Count(IntakeOutcome.Refused), now], cancel);
    }
}

/// <summary>A message about to be stored; <see cref="Id"/> is known once it is.</summary>
internal sealed class MessageRow(ParsedMail mail, long rawId, byte[] dedupeKey, Placement placement, DateTimeOffset receivedAt)
{
    public ParsedMail Mail { get; } = mail;
    public long RawId { get; } = rawId;
    public byte[] DedupeKey { get; } = dedupeKey;
    public Placement Placement { get; } = placement;
    public DateTimeOffset ReceivedAt { get; } = receivedAt;
    public long Id { get; set; }
    /// <summary>The beginning of its trace; null when nobody listens.</summary>
    public Activity? Span { get; init; }
    public string? TraceParent => MessageTrace.Parent(Span);

    public static MessageRow Stored(long id) => new(null!, 0, [], null!, default) { Id = id };
}

/// <summary>One line of the ledger about to be written.</summary>
internal sealed record LedgerRow(ParsedMail Mail, IntakeOutcome Outcome, string Reason, MessageRow? Row, long? RawId);

internal sealed class ByteArrayComparer : IEqualityComparer<byte[]>
{
    public static ByteArrayComparer Instance { get; } = new();
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);
    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
