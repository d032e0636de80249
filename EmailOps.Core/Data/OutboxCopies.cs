using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>A sent reply whose copy belongs into the Sent folder.</summary>
internal sealed record SentCopy(long Id, long MailboxId, string InternetMessageId, byte[] Raw, DateTimeOffset SentAt, TimeSpan Age);

/// <summary>The copies for the Sent folder: a step of its own after sending, which never touches where the reply stands.</summary>
internal sealed class OutboxCopies(NpgsqlDataSource source, DeliveryOptions options)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(10);

    public async Task<List<SentCopy>> LoadAsync(IEnumerable<long> ids, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select id, mailbox_id, internet_message_id, raw, sent_at, now() - sent_at from outbound_message
            where id = any($1) and copy_due and appended_at is null and state in ('Sent', 'Bounced') and raw is not null and sent_at is not null
            """, [ids.ToArray()], r => new SentCopy(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetFieldValue<byte[]>(3), r.GetFieldValue<DateTimeOffset>(4), r.GetTimeSpan(5)), cancel);
    }

    /// <summary>The copy is there.</summary>
    public Task DoneAsync(WorkItem item, CancellationToken cancel) => EndAsync(item, "update outbound_message set appended_at = now() where id = $1", [item.SubjectId], null, cancel);

    /// <summary>Nothing is due (any more).</summary>
    public Task EndAsync(WorkItem item, CancellationToken cancel) => EndAsync(item, null, [], null, cancel);

    /// <summary>There will be none (no IMAP server, switched off).</summary>
    public Task NotDueAsync(WorkItem item, CancellationToken cancel) => EndAsync(item, "update outbound_message set copy_due = false where id = $1 and appended_at is null", [item.SubjectId], null, cancel);

    /// <summary>Not now: pauses grow with the age of the reply. In the end the copy is given up, and the row says so.</summary>
    public Task LaterAsync(WorkItem item, SentCopy copy, string problem, CancellationToken cancel)
    {
        if (copy.Age > options.CopyFor)
            return EndAsync(item, "update outbound_message set copy_due = false, detail = concat_ws(' ', detail, $2::text) where id = $1", [item.SubjectId, $"No copy could be put into the Sent folder: {problem}"], null, cancel);
        var pause = copy.Age / 2;
        pause = pause < s_shortest ? s_shortest : pause > options.MaxPause ? options.MaxPause : pause;
        return EndAsync(item, null, [], pause, cancel);
    }

    private async Task EndAsync(WorkItem item, string? change, object?[] values, TimeSpan? again, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, [item], cancel);
        if (change is not null) await Sql.ExecuteAsync(connection, change, values, cancel);
        if (again is { } pause) await WorkQueue.EnqueueAsync(connection, [new NewWork(item.Stage, item.SubjectId, item.MailboxId, item.Priority, pause) { TraceParent = item.TraceParent }], cancel);
        await transaction.CommitAsync(cancel);
    }
}
