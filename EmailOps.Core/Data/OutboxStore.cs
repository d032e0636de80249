using EmailOps.Core.Contracts;
using EmailOps.Core.Delivery;
using EmailOps.Core.Policy.Answers;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What a worker is to do with a row it was given.</summary>
internal enum TurnKind
{
    /// <summary>Nothing, or nothing now: all is written down.</summary>
    None,
    /// <summary>It is in Sending, committed: give it to the server and tell the result.</summary>
    Send,
    /// <summary>It was found in Sending and its worker is gone: find out whether it left.</summary>
    LookUp,
}

/// <param name="HeardAt">With <see cref="TurnKind.LookUp"/>: when its worker was last heard of.</param>
/// <param name="Now">By the database's clock.</param>
internal sealed record Turn(TurnKind Kind, Departure? Reply = null, DateTimeOffset HeardAt = default, DateTimeOffset Now = default)
{
    public static Turn None { get; } = new(TurnKind.None);
}

/// <summary>
/// The sending side of the outbox. A row is in Sending before the server hears of it, and leaves Sending by what the server said, by what the Sent
/// folder shows, or by a person. Locks are taken in one order everywhere: draft, work item, row. Times are the database's.
/// </summary>
internal sealed class OutboxStore(NpgsqlDataSource source, DeliveryOptions options)
{
    private const int BudgetLock = 0x456D_4F61; // "EmOa": turns of automatic answers, one mailbox at a time
    /// <summary>Pause of a reply that an order keeps back: the mailbox is switched off, automatic answers are paused. Whoever ends a pause wakes it.</summary>
    private static readonly TimeSpan s_keptBack = TimeSpan.FromMinutes(1);

    /// <summary>Takes a row's turn. Two workers that ask at once: one gets it, the other nothing.</summary>
    public async Task<Turn> BeginAsync(WorkItem item, Guid owner, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await OutboxRow.LockAsync(connection, item.SubjectId, item, cancel) is not { } row) return Turn.None;
        var turn = row.State switch
        {
            OutboundState.Held when !row.IsDue => await PutOffAsync(connection, item, row.HoldUntil!.Value, cancel),
            OutboundState.Held or OutboundState.Queued => await DepartAsync(connection, item, row, owner, cancel),
            OutboundState.Sending when !row.IsOrphan => await PutOffAsync(connection, item, row.OwnerUntil!.Value.AddSeconds(1), cancel),
            OutboundState.Sending => await TakeOverAsync(connection, row, owner, cancel),
            _ => await EndAsync(connection, item, cancel),
        };
        await transaction.CommitAsync(cancel);
        return turn;
    }

    private async Task<Turn> DepartAsync(NpgsqlConnection connection, WorkItem item, OutboxRow row, Guid owner, CancellationToken cancel)
    {
        if (!row.HasServer) return await WithholdAsync(connection, item, row, cancel);
        if (row.Raw is null)
        {
            // It waits for its words: the delivery stage writes them.
            await WorkQueue.EnqueueAsync(connection, [new NewWork(Stage.Delivery, row.DraftId, row.MailboxId, item.Priority) { TraceParent = item.TraceParent }], cancel);
            return await EndAsync(connection, item, cancel);
        }
        if (row.IsAutomatic)
        {
            if (await StandingOrders.WhyPausedAsync(connection, cancel) is { } paused) return await WaitAsync(connection, item, row, paused, cancel);
            // One at a time in a mailbox, so that workers side by side cannot overrun a budget.
            await Sql.ExecuteAsync(connection, "select pg_advisory_xact_lock($1, $2)", [BudgetLock, unchecked((int)row.MailboxId)], cancel);
            if (await ObstacleAsync(connection, row, cancel) is { } recall)
            {
                await OutboxRecall.WriteAsync(connection, row, recall, "emailops", cancel);
                return Turn.None;
            }
        }
        else if (!row.IsEnabled)
        {
            return await WaitAsync(connection, item, row, "It waits: the mailbox is switched off.", cancel);
        }
        var attempt = row.Attempts + 1;
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Sending', sending_at = now(), attempts = $2, owner = $3, owner_until = now() + $4, detail = null, server_reply = null where id = $1",
            [row.Id, (short)attempt, owner, options.Lease], cancel);
        await LiveEvents.AnnounceAsync(connection, "outbound", row.MessageId, cancel);
        return new Turn(TurnKind.Send, row.Departure(attempt));
    }

    private static async Task<Turn> WaitAsync(NpgsqlConnection connection, WorkItem item, OutboxRow row, string why, CancellationToken cancel)
    {
        if (await Sql.ExecuteAsync(connection, "update outbound_message set detail = $2 where id = $1 and detail is distinct from $2", [row.Id, why], cancel) > 0)
            await LiveEvents.AnnounceAsync(connection, "outbound", row.MessageId, cancel);
        return await PutOffAsync(connection, item, row.Now + s_keptBack, cancel);
    }

    private static async Task<Recall?> ObstacleAsync(NpgsqlConnection connection, OutboxRow row, CancellationToken cancel)
    {
        if ((await OutboxChecks.AskAsync(connection, [row.Id], cancel)).TryGetValue(row.Id, out var recall)) return recall;
        var facts = await BrakeFacts.LoadAsync(connection, [row.MessageId], planned: false, cancel);
        if (AnswerRules.Obstacle(facts[row.MessageId]) is not { } obstacle) return null;
        if (obstacle.Brake is { } brake) await BrakeStore.TripAsync(connection, [(row.MailboxId, brake, row.MessageId)], cancel);
        return new Recall(obstacle.Reason, DecisionKind.HoldForReview);
    }

    private async Task<Turn> TakeOverAsync(NpgsqlConnection connection, OutboxRow row, Guid owner, CancellationToken cancel)
    {
        // The end of its lease is when its worker was last heard of.
        await Sql.ExecuteAsync(connection, "update outbound_message set sending_at = coalesce(owner_until, sending_at), owner = $2, owner_until = now() + $3 where id = $1", [row.Id, owner, options.Lease], cancel);
        return new Turn(TurnKind.LookUp, row.Departure(row.Attempts), row.OwnerUntil ?? row.SendingAt ?? row.Now, row.Now);
    }

    private static async Task<Turn> WithholdAsync(NpgsqlConnection connection, WorkItem item, OutboxRow row, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "update outbound_message set state = 'Withheld', detail = $2, hold_until = null where id = $1", [row.Id, Composer.NoTransport], cancel);
        await LiveEvents.AnnounceAsync(connection, "outbound", row.MessageId, cancel);
        return await EndAsync(connection, item, cancel);
    }

    private static async Task<Turn> PutOffAsync(NpgsqlConnection connection, WorkItem item, DateTimeOffset until, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "update work_item set lease = null, attempts = 0, available_at = $2 where id = $1", [item.Id, until], cancel);
        return Turn.None;
    }

    private static async Task<Turn> EndAsync(NpgsqlConnection connection, WorkItem item, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "delete from work_item where id = $1", [item.Id], cancel);
        return Turn.None;
    }

    /// <summary>Gives items back untouched, for now or a little later.</summary>
    public async Task GiveBackAsync(IReadOnlyCollection<WorkItem> items, TimeSpan pause, CancellationToken cancel)
    {
        if (items.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update work_item set lease = null, attempts = 0, available_at = now() + $3 where id = any($1) and lease = $2", [items.Select(i => i.Id).ToArray(), items.First().Lease, pause], cancel);
    }

    /// <summary>Says that a worker lives and has these rows in hand. A row it lost track of is not in it, and is looked up.</summary>
    public async Task RenewAsync(Guid owner, long[] ids, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update outbound_message set owner_until = now() + $3 where id = any($1) and owner = $2 and state = 'Sending'", [ids, owner, options.Lease], cancel);
    }
}
