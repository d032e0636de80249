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

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(Stage stage, CancellationToken cancel) => ClaimAsync(stage, Guid.CreateVersion7(), cancel);

    /// <summary>
    /// Takes the most urgent items, oldest first. An item whose last holder never finished it comes alone, because it may be what ended that
    /// holder; one that has ended its last attempt so is laid aside as a dead letter.
    /// </summary>
    /// <param name="lease">A new one; known to the caller beforehand, so that a claim whose answer was lost can be given back.</param>
    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(Stage stage, Guid lease, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            with found as (
                select id, priority, lease is not null as orphan, lease is not null and attempts >= $5 as spent from work_item
                where stage = $1 and died_at is null and available_at <= now() and {StandingOrders.MayClaim}
                order by priority desc, id limit $2 for update skip locked),
            dead as (
                update work_item w set died_at = now(), lease = null, last_error = $6 from found f where f.id = w.id and f.spent),
            alone as (select id from found where orphan and not spent order by priority desc, id limit 1),
            claimed as (select id from found where not spent and (id in (select id from alone) or not exists (select from alone)))
            update work_item w set lease = $3, attempts = attempts + 1, available_at = now() + $4
            from claimed where w.id = claimed.id
            returning w.id, w.subject_id, w.mailbox_id, w.priority, w.attempts, w.trace_parent
            """);
        command.Parameters.Add(new() { Value = (short)stage });
        command.Parameters.Add(new() { Value = options.BatchSize });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = options.Lease });
        command.Parameters.Add(new() { Value = (short)options.MaxAttempts });
        command.Parameters.Add(new() { Value = Abandoned });
        var items = new List<WorkItem>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new WorkItem(reader.GetInt64(0), stage, reader.GetInt64(1), reader.GetInt64(2), reader.GetInt16(3),
                reader.GetInt16(4), lease, reader.IsDBNull(5) ? null : reader.GetString(5)));
        }
        // The update returns rows in no order; most urgent first, oldest first is the queue's promise.
        items.Sort(static (a, b) => a.Priority != b.Priority ? b.Priority.CompareTo(a.Priority) : a.Id.CompareTo(b.Id));
        return items;
    }

    /// <summary>Queues work in the caller's transaction and announces it at commit.</summary>
    public static async Task EnqueueAsync(NpgsqlConnection connection, IReadOnlyCollection<NewWork> work, CancellationToken cancel)
    {
        if (work.Count == 0) return;
        var request = MessageTrace.Request;
        await using var command = new NpgsqlCommand("""
            insert into work_item (stage, subject_id, mailbox_id, priority, available_at, trace_parent)
            select s, i, m, p, now() + d, t from unnest($1, $2, $3, $4, $5, $6) as w (s, i, m, p, d, t)
            """, connection);
        command.Parameters.Add(new() { Value = work.Select(w => (short)w.Stage).ToArray() });
        command.Parameters.Add(new() { Value = work.Select(w => w.SubjectId).ToArray() });
        command.Parameters.Add(new() { Value = work.Select(w => w.MailboxId).ToArray() });
        command.Parameters.Add(new() { Value = work.Select(w => w.Priority).ToArray() });
        command.Parameters.Add(new() { Value = work.Select(w => w.Delay).ToArray() });
        command.Parameters.Add(new() { Value = work.Select(w => w.TraceParent ?? request).ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
        foreach (var stage in work.Select(w => w.Stage).Distinct())
        {
            await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection)
            {
                Parameters = { new() { Value = Channel }, new() { Value = ((short)stage).ToString(System.Globalization.CultureInfo.InvariantCulture) } },
            };
            await notify.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Removes finished items in the caller's transaction.</summary>
    /// <exception cref="LeaseLostException">Another worker took one over: roll back, its results count.</exception>
    public static async Task CompleteAsync(NpgsqlConnection connection, IReadOnlyCollection<WorkItem> items, CancellationToken cancel)
    {
        if (items.Count == 0) return;
        await using var command = new NpgsqlCommand("delete from work_item where id = any($1) and lease = $2", connection);
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
    public async Task GiveBackAsync(Guid lease, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("update work_item set lease = null, available_at = now(), attempts = greatest(attempts - 1, 0) where lease = $1 and died_at is null");
        command.Parameters.Add(new() { Value = lease });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Makes waiting items available now and wakes the workers.</summary>
    /// <returns>How many were waiting.</returns>
    public async Task<int> TriggerAsync(long? mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("""
            update work_item set available_at = now()
            where died_at is null and lease is null and available_at > now() and stage <> all($2) and ($1 is null or mailbox_id = $1)
            """, connection);
        command.Parameters.Add(new() { Value = (object?)mailboxId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = new[] { (short)Stage.Delivery, (short)Stage.Sending } }); // a hold is a promise to people; only time or they end it
        var woken = await command.ExecuteNonQueryAsync(cancel);
        await using var notify = new NpgsqlCommand($"select pg_notify('{Channel}', '')", connection);
        await notify.ExecuteNonQueryAsync(cancel);
        return woken;
    }

    /// <summary>Gives a dead letter its attempts back.</summary>
    /// <returns>False when there is none of that id.</returns>
    public async Task<bool> ReviveAsync(long id, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"""
            with revived as (update work_item set died_at = null, attempts = 0, lease = null, available_at = now()
                             where id = $1 and died_at is not null returning id)
            select pg_notify('{Channel}', '') from revived
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel);
    }

    private static string Cut(string error) => StoredText.Clean(error.Length <= MaxError ? error : error[..MaxError]);
}

/// <summary>Some claimed items no longer belong to this worker: its lease ran out and another took over.</summary>
internal sealed class LeaseLostException(int count) : Exception($"{count} work items were taken over by another worker after the lease ran out.");
