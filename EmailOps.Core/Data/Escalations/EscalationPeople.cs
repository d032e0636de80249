using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>What people do about escalations, wherever they do it: console, chat, command. Where the row stands decides; whoever comes too late changes nothing and is told.</summary>
internal sealed class EscalationPeople(NpgsqlDataSource source, EscalationOptions options)
{
    public const int LongestNote = 1_000;
    /// <summary>Given back: whoever is called next has a moment, however late it is.</summary>
    private static readonly TimeSpan s_afterRelease = TimeSpan.FromMinutes(5);

    /// <returns>The new one, or the open one of its thread; null: there is no such message.</returns>
    public async Task<long?> OpenAsync(OpenEscalation order, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, EscalationStore.Cases, [new[] { order.MessageId }], EscalationStore.Read, cancel) is not [var found]) return null;
        var plan = (await ServiceLevelStore.PlansAsync(connection, cancel)).Of(found.MailboxId);
        var severity = order.Severity ?? ServiceLevel.SeverityOf(plan, found.Category, found.Priority);
        var reason = Note(order.Reason);
        // A person asks now, however old the mail is.
        found = found with { ReceivedAt = found.Now, Reasons = [reason is null ? $"{actor} asks for a person." : $"{actor}: {reason}"] };
        var (id, _) = await EscalationRows.OpenAsync(connection, found, severity, ServiceLevel.Due(plan, severity, found.Now), actor, options, cancel);
        await transaction.CommitAsync(cancel);
        return id;
    }

    public Task<WriteOutcome> ClaimAsync(long id, string actor, CancellationToken cancel) => ChangeAsync(id, NotificationKind.Claimed, actor, "escalation.claim", "Took the escalation on.", """
        update escalation set state = 'Claimed', claimed_at = now(), claimed_by = $2, next_at = resolve_by, reminders = 0 where id = $1 and state = 'Open' returning message_id, extract(epoch from now() - opened_at)::float8
        """, [id, actor], cancel);

    public Task<WriteOutcome> ReleaseAsync(long id, string actor, CancellationToken cancel) => ChangeAsync(id, null, actor, "escalation.release", "Gave the escalation back.", """
        update escalation set state = 'Open', claimed_at = null, claimed_by = null, next_at = greatest(respond_by, now() + $2), reminders = 0 where id = $1 and state = 'Claimed' returning message_id, null::float8
        """, [id, s_afterRelease], cancel);

    public Task<WriteOutcome> ResolveAsync(long id, string actor, string? note, CancellationToken cancel) => ChangeAsync(id, NotificationKind.Resolved, actor, "escalation.resolve", Note(note) is { } said ? $"Settled the escalation: {said}" : "Settled the escalation.", """
        update escalation set state = 'Resolved', resolved_at = now(), resolved_by = $2, resolution = $3::text, next_at = null where id = $1 and state <> 'Resolved' returning message_id, null::float8
        """, [id, actor, Note(note)], cancel);

    private async Task<WriteOutcome> ChangeAsync(long id, NotificationKind? tell, string actor, string action, string detail, string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var changed = await Sql.QueryAsync(connection, sql, values, r => (Message: r.GetInt64(0), Seconds: r.IsDBNull(1) ? (double?)null : r.GetDouble(1)), cancel);
        if (changed is not [var (message, seconds)])
            return await Sql.QueryAsync(connection, "select 1 from escalation where id = $1", [id], r => r.GetInt32(0), cancel) is [] ? WriteOutcome.NotFound : WriteOutcome.WrongState;
        await EscalationRows.AuditAsync(connection, actor, action, "message", message, detail, cancel);
        if (tell is { } kind) await NotificationRows.AddAsync(connection, id, kind, options, cancel);
        await LiveEvents.AnnounceAsync(connection, "escalation", id, cancel);
        await LiveEvents.AnnounceAsync(connection, "message", message, cancel);
        await transaction.CommitAsync(cancel);
        if (seconds is { } waited) EscalationTelemetry.Claimed(TimeSpan.FromSeconds(waited));
        return WriteOutcome.Done;
    }

    private static string? Note(string? text) => string.IsNullOrWhiteSpace(text) ? null : StoredText.Clean(StoredText.Cut(text.Trim(), LongestNote));
}
