using EmailOps.Core.Messages;
using EmailOps.Core.Policy.Answers;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What reports about our replies lead to. Intake recognised and stored them; each is acted on once.</summary>
internal sealed class OutboxBounces(NpgsqlDataSource source, BounceStore bounces)
{
    /// <summary>Acts on the reports of these items and ends them, in one transaction.</summary>
    public async Task SaveAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var reports = await bounces.LoadAsync(items.Select(i => i.SubjectId), cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The server may report before we have written down that it took the reply: then the report waits.
        var early = await Sql.QueryAsync(connection, "select b.message_id from bounce_report b join outbound_message o on o.id = b.outbound_id where b.message_id = any($1) and o.state = 'Sending'", [items.Select(i => i.SubjectId).ToArray()], r => r.GetInt64(0), cancel);
        await Sql.ExecuteAsync(connection, "update work_item set lease = null, attempts = 0, available_at = now() + interval '10 seconds' where stage = $1 and subject_id = any($2)", [(short)Stage.Bounce, early.ToArray()], cancel);
        items = [.. items.Where(i => !early.Contains(i.SubjectId))];
        await WorkQueue.CompleteAsync(connection, items, cancel);
        foreach (var report in reports.Values.Where(r => !early.Contains(r.MessageId)).OrderBy(r => r.OutboundId).ThenBy(r => r.MessageId)) await ApplyAsync(connection, report, cancel);
        await transaction.CommitAsync(cancel);
    }

    private static Task ApplyAsync(NpgsqlConnection connection, BounceReport report, CancellationToken cancel)
    {
        var status = string.IsNullOrWhiteSpace(report.Status) ? "" : $" ({report.Status})";
        var said = string.IsNullOrWhiteSpace(report.Diagnostic) ? "" : $" The server said: {StoredText.Clean(report.Diagnostic.ReplaceLineEndings(" ").Trim())}";
        return report.Kind switch
        {
            BounceKind.Failed => FailedAsync(connection, report, status, said, cancel),
            BounceKind.Complaint => ComplainedAsync(connection, report, cancel),
            _ => NoteAsync(connection, report, $"A server on the way reports a delay{status}; it goes on trying.{said}", cancel),
        };
    }

    /// <summary>A reply of unknown fate too: the report says that it left, and did not arrive.</summary>
    private static async Task FailedAsync(NpgsqlConnection connection, BounceReport report, string status, string said, CancellationToken cancel)
    {
        var bounced = await Sql.QueryAsync(connection, """
            update outbound_message set state = 'Bounced', detail = $2, bounced_at = now(), bounce_status = $3::text, bounce_message_id = $4, sent_at = coalesce(sent_at, sending_at)
            where id = $1 and state in ('Sent', 'Unknown') returning message_id, recipient
            """, [report.OutboundId, $"It did not arrive{status}.{said}", report.Status, report.MessageId], r => (Message: r.GetInt64(0), Recipient: r.GetString(1)), cancel);
        if (bounced is not [var (message, recipient)]) return;
        var hope = report.IsHard == false ? "the cause may pass, so a later answer may arrive" : "a person should find another way";
        await ReopenAsync(connection, message, $"The reply to {recipient} did not arrive{status}: {hope}.{said}", "outbound.bounce", cancel);
    }

    /// <summary>Called unwanted (RFC 5965): nothing more is sent there by itself until a person has looked.</summary>
    private static async Task ComplainedAsync(NpgsqlConnection connection, BounceReport report, CancellationToken cancel)
    {
        if (await NoteAsync(connection, report, "The recipient called it unwanted (RFC 5965).", cancel) is not { } reply) return;
        var reason = $"{reply.Recipient} called a reply of ours unwanted (RFC 5965).";
        await BrakeStore.TripAsync(connection, [(reply.Mailbox, new BrakeOrder(reply.Recipient.ToLowerInvariant(), reason, null), reply.Message)], cancel);
        await ReopenAsync(connection, reply.Message, reason, "outbound.complaint", cancel);
    }

    private static async Task<(long Message, long Mailbox, string Recipient)?> NoteAsync(NpgsqlConnection connection, BounceReport report, string detail, CancellationToken cancel)
    {
        var noted = await Sql.QueryAsync(connection, "update outbound_message set detail = $2, bounce_status = $3::text, bounce_message_id = $4 where id = $1 and state in ('Sent', 'Unknown') returning message_id, mailbox_id, recipient",
            [report.OutboundId, detail, report.Status, report.MessageId], r => (r.GetInt64(0), r.GetInt64(1), r.GetString(2)), cancel);
        if (noted is not [var reply]) return null;
        await LiveEvents.AnnounceAsync(connection, "outbound", reply.Item1, cancel);
        return reply;
    }

    private static async Task ReopenAsync(NpgsqlConnection connection, long message, string reason, string action, CancellationToken cancel)
    {
        await PolicyStore.ReopenAsync(connection, message, reason, cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'emailops', $1, 'message', $2, $3)", [action, message, reason], cancel);
        await LiveEvents.AnnounceAsync(connection, "outbound", message, cancel);
        await LiveEvents.AnnounceAsync(connection, "message", message, cancel);
    }
}
