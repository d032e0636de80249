using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>A message that is about to be escalated.</summary>
/// <param name="ReceivedAt">Old mail calls nobody.</param>
internal sealed record EscalationCase(long MessageId, long ThreadId, long MailboxId, string? Category, int? Priority, DateTimeOffset ReceivedAt, IReadOnlyList<string> Reasons, DateTimeOffset Now, string? TraceParent);

/// <summary>The statements that several stores of this room share, in the caller's transaction.</summary>
internal static class EscalationRows
{
    private const int LongestDetail = 1_000;

    /// <summary>Opens an escalation with those to be told; or lets the message join the open one of its thread, whose times get no later by it.</summary>
    /// <returns>The escalation, and whether it is new.</returns>
    public static async Task<(long Id, bool IsNew)> OpenAsync(NpgsqlConnection connection, EscalationCase c, EscalationSeverity severity, DueTimes due, string actor, EscalationOptions options, CancellationToken cancel)
    {
        var tells = c.Now - c.ReceivedAt < options.TellWithin;
        var made = await Sql.QueryAsync(connection, """
            insert into escalation (message_id, thread_id, mailbox_id, severity, reasons, opened_at, opened_by, respond_by, resolve_by, next_at)
            values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, case when $10 then $8 end)
            on conflict (thread_id) where state <> 'Resolved' do nothing returning id
            """, [c.MessageId, c.ThreadId, c.MailboxId, severity.ToString(), Sql.Json(c.Reasons), c.Now, actor, due.RespondBy, due.ResolveBy, tells], r => r.GetInt64(0), cancel);
        if (made is [var id])
        {
            await AuditAsync(connection, actor, "escalation.open", "message", c.MessageId, $"{severity} escalation {id}, to be taken on by {due.RespondBy:yyyy-MM-dd HH:mm} UTC.", cancel);
            if (tells) await NotificationRows.AddAsync(connection, id, NotificationKind.Opened, options, cancel, c.TraceParent);
            await LiveEvents.AnnounceAsync(connection, "escalation", id, cancel);
            return (id, true);
        }
        return (await JoinAsync(connection, c, severity, due, actor, options, cancel), false);
    }

    private static async Task<long> JoinAsync(NpgsqlConnection connection, EscalationCase c, EscalationSeverity severity, DueTimes due, string actor, EscalationOptions options, CancellationToken cancel)
    {
        var open = await Sql.QueryAsync(connection, "select id, message_id, severity, state from escalation where thread_id = $1 and state <> 'Resolved' for update", [c.ThreadId],
            r => (Id: r.GetInt64(0), Message: r.GetInt64(1), Severity: Enum.Parse<EscalationSeverity>(r.GetString(2)), State: Enum.Parse<EscalationState>(r.GetString(3))), cancel);
        // Settled between the two statements: the next time round it is a new one.
        if (open is not [var found]) throw new InvalidOperationException($"The escalation of thread {c.ThreadId} ended while message {c.MessageId} joined it.");
        if (found.Message == c.MessageId && severity <= found.Severity) return found.Id;
        if (found.Message != c.MessageId) await AuditAsync(connection, actor, "escalation.join", "message", c.MessageId, $"Joined escalation {found.Id} of its thread.", cancel);
        if (severity > found.Severity)
        {
            await Sql.ExecuteAsync(connection, """
                update escalation set severity = $2, respond_by = least(respond_by, $3), resolve_by = least(resolve_by, $4), next_at = case when state = 'Open' then least(respond_by, $3) else least(resolve_by, $4) end where id = $1
                """, [found.Id, severity.ToString(), due.RespondBy, due.ResolveBy], cancel);
            await NotificationRows.AddAsync(connection, found.Id, NotificationKind.Opened, options, cancel, c.TraceParent);
        }
        await LiveEvents.AnnounceAsync(connection, "escalation", found.Id, cancel);
        return found.Id;
    }

    public static Task<int> AuditAsync(NpgsqlConnection connection, string actor, string action, string kind, long subject, string detail, CancellationToken cancel)
        => Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, $3, $4, $5)", [actor, action, kind, subject, StoredText.Clean(StoredText.Cut(detail, LongestDetail))], cancel);
}
