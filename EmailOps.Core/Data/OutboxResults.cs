using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Writes down what became of an attempt. A result counts for its own attempt only; one that comes late, after a person or another worker called the
/// attempt unknown, still counts, because it is certain.
/// </summary>
internal sealed class OutboxResults(NpgsqlDataSource source, DeliveryOptions options)
{
    private const int MaxText = 1000;
    private static readonly OutboundState[] s_certain = [OutboundState.Sending, OutboundState.Unknown];

    /// <returns>False when the result came too late to count.</returns>
    public Task<bool> SaveAsync(Departure reply, SendOutcome outcome, CancellationToken cancel) => outcome.Result switch
    {
        SendResult.Accepted => SentAsync(reply, outcome.Reply, null, cancel),
        SendResult.Refused => WriteAsync(reply, s_certain, new Change(OutboundState.Failed, outcome.Reply, outcome.Detail), cancel),
        SendResult.NotNow => LaterAsync(reply, outcome, cancel),
        _ => LookAgainAsync(reply, outcome.Detail, TimeSpan.Zero, cancel, isOver: true),
    };

    /// <param name="detail">How it is known, where the server did not say so itself.</param>
    public Task<bool> SentAsync(Departure reply, string? serverReply, string? detail, CancellationToken cancel)
        => WriteAsync(reply, [.. s_certain, OutboundState.Queued], new Change(OutboundState.Sent, serverReply, detail), cancel);

    /// <summary>Nobody can tell whether it left: a person decides.</summary>
    public Task<bool> UnknownAsync(Departure reply, string detail, CancellationToken cancel)
        => WriteAsync(reply, [OutboundState.Sending], new Change(OutboundState.Unknown, null, detail), cancel);

    /// <summary>It stays in Sending and is looked for after the pause.</summary>
    /// <param name="isOver">The worker that sent it says so itself, so nobody needs to wait for its lease.</param>
    public Task<bool> LookAgainAsync(Departure reply, string detail, TimeSpan pause, CancellationToken cancel, bool isOver = false)
        => WriteAsync(reply, [OutboundState.Sending], new Change(OutboundState.Sending, null, detail, pause, IsHeardNow: isOver), cancel);

    private async Task<bool> LaterAsync(Departure reply, SendOutcome outcome, CancellationToken cancel)
    {
        var pause = options.PauseAfter(reply.Attempt);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var isLast = await Sql.QueryAsync(connection, "select coalesce(give_up_at < now() + $2, false) from outbound_message where id = $1", [reply.Id, pause], r => r.GetBoolean(0), cancel) is [true];
        return await WriteAsync(reply, s_certain, isLast
            ? new Change(OutboundState.Failed, outcome.Reply, $"Given up after {reply.Attempt} attempts. {outcome.Detail}")
            : new Change(OutboundState.Queued, outcome.Reply, outcome.Detail, pause), cancel);
    }

    /// <param name="Again">Pause until the row's next turn; null: it has none.</param>
    /// <param name="IsHeardNow">The attempt's worker was heard of just now.</param>
    private sealed record Change(OutboundState To, string? ServerReply, string? Detail, TimeSpan? Again = null, bool IsHeardNow = false);

    private async Task<bool> WriteAsync(Departure reply, OutboundState[] from, Change change, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from work_item where stage = $1 and subject_id = $2", [(short)Stage.Sending, reply.Id], cancel);
        // What is known only afterwards (found in the Sent folder) was sent when the attempt was made.
        var changed = await Sql.QueryAsync(connection, """
            update outbound_message set state = $4, server_reply = $5::text, detail = $6::text, owner = null, owner_until = null, hold_until = null,
                sent_at = case when $4 <> 'Sent' then sent_at when $6::text is null then now() else sending_at end,
                sending_at = case when $7 then now() else sending_at end
            where id = $1 and attempts = $2 and state = any($3)
            returning copy_due and state = 'Sent' and appended_at is null
            """, [reply.Id, (short)reply.Attempt, from.Select(s => s.ToString()).ToArray(), change.To.ToString(), Cut(change.ServerReply), Cut(change.Detail), change.IsHeardNow], r => r.GetBoolean(0), cancel);
        if (changed is not [var copy]) return false; // rolled back: its items stay
        if (change.Again is { } pause) await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Sending, reply.Id, reply.MailboxId, Delay: pause) { TraceParent = reply.TraceParent }], cancel);
        if (copy) await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.SentCopy, reply.Id, reply.MailboxId) { TraceParent = reply.TraceParent }], cancel);
        await LiveEvents.AnnounceAsync(connection, "outbound", reply.MessageId, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static string? Cut(string? text) => text is null ? null : StoredText.Cut(StoredText.Clean(text), MaxText);
}
