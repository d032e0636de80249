using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using Npgsql;
using NpgsqlTypes;

namespace EmailOps.Core.Data;

/// <summary>The writing side of the outbox: one row a draft. Without a transport the reply is withheld and shown.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource source, DeliveryOptions options, TimeProvider clock)
{
    /// <summary>Bytes of the raw mail read for its header.</summary>
    private const int Head = 64 * 1024;

    public async Task<Dictionary<long, ReplyCase>> LoadAsync(IEnumerable<long> draftIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var own = await Sql.QueryAsync(connection, "select address from mailbox", [], r => r.GetString(0), cancel);
        var cases = await Sql.QueryAsync(connection, $"""
            select d.id, m.id, m.thread_id, m.mailbox_id, d.state = 'Approved', coalesce(d.decided_by, '') = 'policy', d.version, d.body, m.subject, m.from_address, m.recipients,
                   substring(r.bytes from 1 for {Head}), b.address, b.name, b.settings
            from draft d join message m on m.id = d.message_id join mailbox b on b.id = m.mailbox_id join raw_mail r on r.id = m.raw_id where d.id = any($1)
            """, [draftIds.ToArray()], r => new ReplyCase
            {
                DraftId = r.GetInt64(0), MessageId = r.GetInt64(1), ThreadId = r.GetInt64(2), MailboxId = r.GetInt64(3), IsApproved = r.GetBoolean(4), IsAutomatic = r.GetBoolean(5),
                DraftVersion = r.GetInt32(6), Body = r.GetString(7), Subject = r.GetString(8), From = r.GetString(9), ReplyTo = Sql.FromJson<Recipients>(r.GetString(10)).ReplyTo,
                Head = r.GetFieldValue<byte[]>(11), MailboxAddress = r.GetString(12), MailboxName = r.GetString(13),
                Settings = r.IsDBNull(14) ? new MailboxSettings() : Sql.FromJson<MailboxSettings>(r.GetString(14)), OwnAddresses = own,
            }, cancel);
        return cases.ToDictionary(c => c.DraftId);
    }

    /// <summary>
    /// Records replies, ends the items and queues what is to be sent. A row already past waiting (sent, sending) is never touched, and nothing is recorded
    /// for a draft that was taken back or decided anew since it was loaded: its row is locked while we look.
    /// </summary>
    public async Task SaveAsync(IReadOnlyList<WorkItem> items, IReadOnlyList<WrittenReply> written, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var replies = written.DistinctBy(w => w.Row.DraftId).OrderBy(w => w.Row.DraftId).ToArray();
        // Draft, item, row: the order in which everybody locks.
        if (replies.Length > 0) await Sql.ExecuteAsync(connection, "select id from draft where id = any($1) order by id for share", [replies.Select(w => w.Row.DraftId).ToArray()], cancel);
        await WorkQueue.CompleteAsync(connection, items, cancel);
        if (replies.Length > 0)
        {
            var waiting = await InsertAsync(connection, replies, cancel);
            await WorkQueue.EnqueueAsync(connection, waiting, cancel);
            await LiveEvents.AnnounceAsync(connection, "outbound", replies[^1].Row.MessageId, cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private async Task<List<NewWork>> InsertAsync(NpgsqlConnection connection, WrittenReply[] replies, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            insert into outbound_message as o (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, detail, created_at, is_automatic, hold_until, raw, correspondent, copy_due, give_up_at)
            select u.message_id, u.draft_id, u.mailbox_id, u.internet_message_id, u.recipient, u.subject, u.body, u.state, u.detail, $16, u.is_automatic,
                   case when u.state = 'Held' then now() + u.hold end, u.raw, u.correspondent, u.copy_due, now() + u.hold + $17
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                as u (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, detail, version, is_automatic, hold, raw, correspondent, copy_due)
            join draft d on d.id = u.draft_id and d.state = 'Approved' and d.version = u.version
            on conflict (draft_id) do update set recipient = excluded.recipient, subject = excluded.subject, body = excluded.body, state = excluded.state, detail = excluded.detail,
                created_at = excluded.created_at, is_automatic = excluded.is_automatic, hold_until = excluded.hold_until, raw = excluded.raw, correspondent = excluded.correspondent,
                copy_due = excluded.copy_due, give_up_at = excluded.give_up_at, server_reply = null
            where o.state in ('Withheld', 'Cancelled', 'Failed') or (o.state = 'Queued' and o.raw is null)
            returning o.id, o.mailbox_id, o.state, o.is_automatic, coalesce(o.hold_until - now(), interval '0'), {MessageTraces.Of("o.message_id")}
            """, connection);
        void Add<T>(Func<WrittenReply, T> value) => command.Parameters.Add(new() { Value = replies.Select(value).ToArray() });
        Add(w => w.Row.MessageId);
        Add(w => w.Row.DraftId);
        Add(w => w.Row.MailboxId);
        Add(w => w.Row.InternetMessageId);
        Add(w => w.Row.Recipient);
        Add(w => w.Row.Subject);
        Add(w => w.Row.Body);
        Add(w => w.Row.State.ToString());
        command.Parameters.Add(new() { Value = replies.Select(w => w.Row.Detail).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Add(w => w.DraftVersion);
        Add(w => w.Row.IsAutomatic);
        Add(w => w.Hold);
        command.Parameters.Add(new() { Value = replies.Select(w => w.Raw?.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        Add(w => w.Correspondent.ToLowerInvariant());
        Add(w => w.CopyDue);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = options.GiveUpAfter });
        var waiting = new List<NewWork>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (reader.GetString(2) is nameof(OutboundState.Held) or nameof(OutboundState.Queued))
                waiting.Add(new NewWork(Stage.Sending, reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(3) ? NewWork.NormalPriority : (short)9, reader.GetTimeSpan(4)) { TraceParent = reader.IsDBNull(5) ? null : reader.GetString(5) });
        return waiting;
    }
}
