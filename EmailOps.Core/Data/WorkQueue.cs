using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// The work queue in PostgreSQL. Claims skip rows that others hold; an item belongs to a lease until its time runs out, and only the
/// holder of the lease can finish it. All times are the database's, so that workers whose clocks differ agree.
/// </summary>
internal sealed class WorkQueue(NpgsqlDataSource source, WorkOptions options)
{
    /// <summary>Channel on which enqueued work is announced; the payload is the stage's number.</summary>
    public const string Channel = "emailops_work";
    private const int MaxError = 2000;
    private const string Abandoned = "Every worker that held it ended or hung before it was done. Look at the message, then retry.";
    private readonly TurnFloor _floor = new();

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(Stage stage, CancellationToken cancel) => ClaimAsync(stage, Guid.CreateVersion7(), options.BatchSize, cancel);

    /// <summary>
    /// Takes the items whose turn it is. An item whose last holder never finished it comes alone, because it may be what ended that holder; one that has
    /// ended its last attempt so is laid aside as a dead letter. Of a thread nothing is taken while another holds what stands before it.
    /// </summary>
    /// <param name="lease">A new one; known to the caller beforehand, so that a claim whose answer was lost can be given back.</param>
    /// <param name="most">Items at most.</param>
    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(Stage stage, Guid lease, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(QueueSql.Claim);
        command.Parameters.Add(new() { Value = (short)stage });
        command.Parameters.Add(new() { Value = most });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = options.Lease });
        command.Parameters.Add(new() { Value = (short)options.MaxAttempts });
        command.Parameters.Add(new() { Value = Abandoned });
        command.Parameters.Add(new() { Value = _floor.Of(stage) });
        var items = new List<(WorkItem Item, long Turn)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                items.Add((new WorkItem(reader.GetInt64(0), stage, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt16(3), reader.GetInt16(4), lease,
                    reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetInt64(6)), reader.GetInt64(7)));
            }
        }
        // The update returns rows in no order; turn by turn is the queue's promise.
        items.Sort(static (a, b) => a.Turn != b.Turn ? a.Turn.CompareTo(b.Turn) : a.Item.Id.CompareTo(b.Item.Id));
        _floor.Claimed(stage, items.Count < most ? null : items[0].Turn);
        return [.. items.Select(i => i.Item)];
    }

    /// <summary>Queues work in the caller's transaction and announces it at commit.</summary>
    public static async Task EnqueueAsync(NpgsqlConnection connection, IReadOnlyCollection<NewWork> work, CancellationToken cancel)
    {
        if (work.Count == 0) return;
        var request = MessageTrace.Request;
        await using var batch = new NpgsqlBatch(connection);
        var insert = new NpgsqlBatchCommand(QueueSql.Enqueue);
        void Column<T>(Func<NewWork, T> of) => insert.Parameters.Add(new() { Value = work.Select(of).ToArray() });
        Column(w => (short)w.Stage);
        Column(w => w.SubjectId);
        Column(w => w.MailboxId);
        Column(w => w.Priority);
        Column(w => w.Delay);
        Column(w => w.ThreadId);
        insert.Parameters.Add(new() { Value = work.Select(w => w.TraceParent ?? request).ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        batch.BatchCommands.Add(insert);
        foreach (var stage in work.Select(w => w.Stage).Distinct()) Hints.Add(batch, connection, Channel, PayloadOf(stage));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Wakes a stage's loops, at commit of the caller's transaction if there is one.</summary>
    public static Task WakeAsync(NpgsqlConnection connection, Stage stage, CancellationToken cancel) => Hints.SendAsync(connection, Channel, PayloadOf(stage), cancel);

    /// <summary>Removes finished items in the caller's transaction.</summary>
    /// <exception cref="LeaseLostException">Another worker took one over: roll back, its results count.</exception>
    public static async Task CompleteAsync(NpgsqlConnection connection, IReadOnlyCollection<WorkItem> items, CancellationToken cancel)
    {
        if (items.Count == 0) return;
        await using var command = new NpgsqlCommand(QueueSql.Complete, connection);
        command.Parameters.Add(new() { Value = items.Select(i => i.Id).ToArray() });
        command.Parameters.Add(new() { Value = items.First().Lease });
        var gone = await command.ExecuteNonQueryAsync(cancel);
        if (gone != items.Count) throw new LeaseLostException(items.Count - gone);
    }

    /// <summary>Gives failed items back with a growing, jittered pause, or lays them aside as dead letters after the last attempt.</summary>
    public async Task FailAsync(IReadOnlyCollection<WorkFailure> failures, CancellationToken cancel)
    {
        if (failures.Count == 0) return;
        await using var command = source.CreateCommand("""
            update work_item w set last_error = f.error, lease = null,
                died_at = case when w.attempts >= $5 then now() end,
                available_at = now() + least($3 * power(2, least(w.attempts - 1, 20)), $4) * (0.75 + random() * 0.5)
            from unnest($1, $2, $6) as f (id, error, lease) where w.id = f.id and w.lease = f.lease
            """);
        command.Parameters.Add(new() { Value = failures.Select(f => f.Item.Id).ToArray() });
        command.Parameters.Add(new() { Value = failures.Select(f => Cut(f.Error)).ToArray() });
        command.Parameters.Add(new() { Value = options.Backoff });
        command.Parameters.Add(new() { Value = options.MaxBackoff });
        command.Parameters.Add(new() { Value = (short)options.MaxAttempts });
        command.Parameters.Add(new() { Value = failures.Select(f => f.Item.Lease).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Gives back what a lease holds as if it had not been claimed: the store failed, not the items. Reads the whole queue; for after an outage.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> GiveBackAsync(Guid lease, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("update work_item set lease = null, available_at = enqueued_at, attempts = greatest(attempts - 1, 0) where lease = $1 and died_at is null");
        command.Parameters.Add(new() { Value = lease });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Makes waiting items available now and wakes the workers.</summary>
    /// <returns>How many were waiting.</returns>
    public async Task<int> TriggerAsync(long? mailboxId, CancellationToken cancel, string? actor = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            update work_item set available_at = enqueued_at
            where died_at is null and lease is null and available_at > now() and stage <> all($2) and ($1 is null or mailbox_id = $1)
            """, connection);
        command.Parameters.Add(new() { Value = (object?)mailboxId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = new[] { (short)Stage.Delivery, (short)Stage.Sending } }); // a hold is a promise to people; only time or they end it
        var woken = await command.ExecuteNonQueryAsync(cancel);
        if (actor is not null)
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'process.trigger', 'installation', 0, $2)", [actor, $"Pushed the queue: {woken} items need wait no longer."], cancel);
        await Hints.SendAsync(connection, Channel, "", cancel);
        return woken;
    }

    /// <summary>Gives a dead letter its attempts back.</summary>
    /// <returns>False when there is none of that id.</returns>
    public async Task<bool> ReviveAsync(long id, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Sql.QueryAsync(connection, "update work_item set died_at = null, attempts = 0, lease = null, available_at = enqueued_at where id = $1 and died_at is not null returning stage, subject_id", [id],
            r => (Stage: (Stage)r.GetInt16(0), Subject: r.GetInt64(1)), cancel) is not [var item]) return false;
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'work.retry', 'work', $2, $3)",
            [actor, id, $"Gave the dead letter of {item.Stage}, subject {item.Subject}, its attempts back."], cancel);
        await Hints.SendAsync(connection, Channel, "", cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static string PayloadOf(Stage stage) => ((short)stage).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Cut(string error) => StoredText.Clean(error.Length <= MaxError ? error : error[..MaxError]);
}

/// <summary>Some claimed items no longer belong to this worker: its lease ran out and another took over.</summary>
internal sealed class LeaseLostException(int count) : Exception($"{count} work items were taken over by another worker after the lease ran out.");
