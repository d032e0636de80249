using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>A notification whose turn it is: committed as Sending, to be told once.</summary>
internal sealed record Telling(long Id, long EscalationId, long ChannelId, long MailboxId, NotificationKind Kind, int Attempt, WorkItem Item);

/// <summary>
/// Notifications between queue and channel, with the rules of the outbox: Sending is committed before anybody is called. What is found in Sending was begun by a worker that is gone: where the
/// channel drops doubles it is told again, else nobody knows and people see it. What comes after waits for what comes before it in the same channel.
/// </summary>
internal sealed class NotificationStore(NpgsqlDataSource source, EscalationOptions options)
{
    private const int LongestDetail = 500;
    private static readonly TimeSpan s_behind = TimeSpan.FromSeconds(3);

    /// <param name="dropsDoubles">Whether channels of a kind do.</param>
    /// <returns>Null: nothing is to be told, and that is written down.</returns>
    public async Task<Telling?> BeginAsync(WorkItem item, Func<ChannelKind, bool> dropsDoubles, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // One at a time for a channel, and in a statement of its own: what is counted below must see those that began while this one waited.
        await Sql.ExecuteAsync(connection, "select 1 from channel where id = (select channel_id from notification where id = $1) for no key update", [item.SubjectId], cancel);
        var rows = await Sql.QueryAsync(connection, """
            select n.escalation_id, n.channel_id, e.mailbox_id, n.kind, n.state, n.attempts, c.kind, c.is_enabled, e.state,
                   exists (select from notification b where b.escalation_id = n.escalation_id and b.channel_id = n.channel_id and b.id < n.id and b.state in ('Queued', 'Sending')),
                   exists (select from notification b where b.escalation_id = n.escalation_id and b.channel_id = n.channel_id and b.id < n.id and (b.state in ('Sent', 'Unknown') or b.attempts > 0)),
                   (select count(*) from notification b where b.channel_id = n.channel_id and b.sending_at > now() - interval '1 hour' and b.id <> n.id) >= coalesce((c.settings ->> 'mostPerHour')::int, 60)
            from notification n join channel c on c.id = n.channel_id join escalation e on e.id = n.escalation_id where n.id = $1 for update of n
            """, [item.SubjectId], r => (Escalation: r.GetInt64(0), Channel: r.GetInt64(1), Mailbox: r.GetInt64(2), Kind: Enum.Parse<NotificationKind>(r.GetString(3)), State: Enum.Parse<NotificationState>(r.GetString(4)), Attempts: (int)r.GetInt16(5),
                ChannelKind: Enum.Parse<ChannelKind>(r.GetString(6)), IsEnabled: r.GetBoolean(7), Escalated: Enum.Parse<EscalationState>(r.GetString(8)), IsBehind: r.GetBoolean(9), WasTold: r.GetBoolean(10), IsFlood: r.GetBoolean(11)), cancel);
        if (rows is not [var n] || n.State is not (NotificationState.Queued or NotificationState.Sending))
        {
            await WorkQueue.CompleteAsync(connection, [item], cancel);
            await transaction.CommitAsync(cancel);
            return null;
        }
        var isEnd = n.Kind is NotificationKind.Claimed or NotificationKind.Resolved;
        var (state, why) = n switch
        {
            { State: NotificationState.Sending } when !dropsDoubles(n.ChannelKind) => (NotificationState.Unknown, "The worker ended while it told it. Look there, or have it sent again."),
            { IsEnabled: false } => (NotificationState.Skipped, "The channel is switched off."),
            { Escalated: EscalationState.Resolved, Attempts: 0, Kind: not NotificationKind.Resolved } => (NotificationState.Skipped, "It was settled before this could be told."),
            { WasTold: false, IsBehind: false } when isEnd => (NotificationState.Skipped, "The channel was told nothing of it."),
            { IsFlood: true } when !isEnd => (NotificationState.Skipped, "More were told in an hour than the channel allows (mostPerHour)."),
            _ => (NotificationState.Sending, (string?)null),
        };
        if (state == NotificationState.Sending && n.IsBehind)
        {
            await WorkQueue.CompleteAsync(connection, [item], cancel);
            await WorkQueue.EnqueueAsync(connection, [NotificationRows.Work(item.SubjectId, n.Escalation, n.Channel, n.Mailbox, s_behind, item.TraceParent)], cancel);
            await transaction.CommitAsync(cancel);
            return null;
        }
        await Sql.ExecuteAsync(connection, "update notification set state = $2, detail = $3::text, attempts = attempts + case when $2 = 'Sending' then 1 else 0 end, sending_at = case when $2 = 'Sending' then now() else sending_at end where id = $1", [item.SubjectId, state.ToString(), why], cancel);
        if (state != NotificationState.Sending)
        {
            await WorkQueue.CompleteAsync(connection, [item], cancel);
            await LiveEvents.AnnounceAsync(connection, "escalation", n.Escalation, cancel);
        }
        await transaction.CommitAsync(cancel);
        return state == NotificationState.Sending ? new Telling(item.SubjectId, n.Escalation, n.Channel, n.Mailbox, n.Kind, n.Attempts + 1, item) : null;
    }

    /// <summary>Keeps what the channel calls it, before the rest is done.</summary>
    public async Task RememberAsync(Telling telling, string external, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update notification set external = $2 where id = $1", [telling.Id, external], cancel);
    }

    /// <summary>Writes down what became of an attempt. It counts for its own attempt only, and even when somebody called it unknown meanwhile: it is certain.</summary>
    public async Task SaveAsync(Telling telling, Told told, CancellationToken cancel)
    {
        var pause = told.RetryAfter is { } asked && asked > options.PauseAfter(telling.Attempt) ? asked : options.PauseAfter(telling.Attempt);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var state = told.Result switch { ToldResult.Told => NotificationState.Sent, ToldResult.Refused => NotificationState.Failed, ToldResult.Unclear => NotificationState.Unknown, _ => NotificationState.Queued };
        var written = await Sql.QueryAsync(connection, """
            update notification set state = case when $3 = 'Queued' and give_up_at < now() + $4 then 'Failed' else $3 end,
                detail = case when $3 = 'Queued' and give_up_at < now() + $4 then 'Given up after ' || attempts || ' attempts. ' || coalesce($5::text, '') else $5::text end,
                sent_at = case when $3 = 'Sent' then now() end, external = coalesce($6::text, external)
            where id = $1 and attempts = $2 and state in ('Sending', 'Unknown') returning state
            """, [telling.Id, (short)telling.Attempt, state.ToString(), pause, told.Detail is { } detail ? StoredText.Clean(StoredText.Cut(detail, LongestDetail)) : null, told.External], r => r.GetString(0), cancel);
        if (written is not [var now]) return; // too late to count
        await Sql.ExecuteAsync(connection, "delete from work_item where id = $1", [telling.Item.Id], cancel);
        if (now == nameof(NotificationState.Queued)) await WorkQueue.EnqueueAsync(connection, [NotificationRows.Work(telling.Id, telling.EscalationId, telling.ChannelId, telling.MailboxId, pause, telling.Item.TraceParent)], cancel);
        await LiveEvents.AnnounceAsync(connection, "escalation", telling.EscalationId, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>A person has it told again.</summary>
    public async Task<WriteOutcome> AgainAsync(long id, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var found = await Sql.QueryAsync(connection, """
            update notification n set state = 'Queued', detail = null, give_up_at = now() + $2, sending_at = null from escalation e, channel c
            where n.id = $1 and e.id = n.escalation_id and c.id = n.channel_id and n.state in ('Failed', 'Unknown', 'Skipped') returning n.escalation_id, n.channel_id, e.mailbox_id, e.message_id, c.name
            """, [id, options.GiveUpAfter], r => (Escalation: r.GetInt64(0), Channel: r.GetInt64(1), Mailbox: r.GetInt64(2), Message: r.GetInt64(3), Name: r.GetString(4)), cancel);
        if (found is not [var n]) return await Sql.QueryAsync(connection, "select 1 from notification where id = $1", [id], r => r.GetInt32(0), cancel) is [] ? WriteOutcome.NotFound : WriteOutcome.WrongState;
        await WorkQueue.EnqueueAsync(connection, [NotificationRows.Work(id, n.Escalation, n.Channel, n.Mailbox, TimeSpan.Zero, null)], cancel);
        await EscalationRows.AuditAsync(connection, actor, "notification.again", "message", n.Message, $"Had {n.Name} told again of escalation {n.Escalation}.", cancel);
        await LiveEvents.AnnounceAsync(connection, "escalation", n.Escalation, cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }
}
