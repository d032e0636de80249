using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>An approved draft with what its reply needs.</summary>
internal sealed record DeliveryCase(long DraftId, long MessageId, long MailboxId, string MailboxAddress, bool HasTransport, bool IsApproved,
    int Version, string Body, string Subject, string FromAddress, string RecipientsJson);

/// <summary>The outbox: one row a draft. Without a transport the reply is withheld and shown.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource source, TimeProvider clock)
{
    public async Task<Dictionary<long, DeliveryCase>> LoadAsync(IEnumerable<long> draftIds, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var cases = await Sql.QueryAsync(connection, """
            select d.id, m.id, m.mailbox_id, b.address, b.is_enabled and b.settings -> 'smtp' is not null, d.state = 'Approved', d.version, d.body, m.subject, m.from_address, m.recipients
            from draft d join message m on m.id = d.message_id join mailbox b on b.id = m.mailbox_id where d.id = any($1)
            """, [draftIds.ToArray()], r => new DeliveryCase(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), r.GetBoolean(4), r.GetBoolean(5),
                r.GetInt32(6), r.GetString(7), r.GetString(8), r.GetString(9), r.GetString(10)), cancel);
        return cases.ToDictionary(c => c.DraftId);
    }

    /// <summary>
    /// Records replies and ends the items. A row already past waiting (sent, sending) is never touched, and nothing is recorded for a draft that
    /// was taken back or decided anew since it was loaded: its row is locked while we look.
    /// </summary>
    public async Task SaveAsync(IReadOnlyList<WorkItem> items, IReadOnlyList<(OutboundMessage Reply, int DraftVersion)> composed, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, items, cancel);
        if (composed.Count > 0)
        {
            var replies = composed.DistinctBy(c => c.Reply.DraftId).OrderBy(c => c.Reply.DraftId).Select(c => c.Reply).ToArray();
            var versions = composed.DistinctBy(c => c.Reply.DraftId).OrderBy(c => c.Reply.DraftId).Select(c => c.DraftVersion).ToArray();
            await Sql.ExecuteAsync(connection, """
                insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, detail, created_at)
                select u.message_id, u.draft_id, u.mailbox_id, u.internet_message_id, u.recipient, u.subject, u.body, u.state, u.detail, $10
                from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $11) as u (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, detail, version)
                join draft d on d.id = u.draft_id and d.state = 'Approved' and d.version = u.version
                for share of d
                on conflict (draft_id) do update set recipient = excluded.recipient, subject = excluded.subject, body = excluded.body, state = excluded.state, detail = excluded.detail
                where outbound_message.state in ('Withheld', 'Cancelled', 'Failed')
                """,
                [
                    replies.Select(r => r.MessageId).ToArray(), replies.Select(r => r.DraftId).ToArray(), replies.Select(r => r.MailboxId).ToArray(),
                    replies.Select(r => r.InternetMessageId).ToArray(), replies.Select(r => r.Recipient).ToArray(), replies.Select(r => r.Subject).ToArray(),
                    replies.Select(r => r.Body).ToArray(), replies.Select(r => r.State.ToString()).ToArray(), replies.Select(r => r.Detail ?? "").ToArray(), clock.GetUtcNow(), versions,
                ], cancel);
            await LiveEvents.AnnounceAsync(connection, "outbound", replies[^1].MessageId, cancel);
        }
        await transaction.CommitAsync(cancel);
    }
}
