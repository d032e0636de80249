using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What one comparison found, so far or in the end.</summary>
internal sealed record ReconciliationFigures(long OnServer, long Known, long Missing, long Backfilled)
{
    public static ReconciliationFigures operator +(ReconciliationFigures a, ReconciliationFigures b)
        => new(a.OnServer + b.OnServer, a.Known + b.Known, a.Missing + b.Missing, a.Backfilled + b.Backfilled);
}

/// <summary>Comparisons of a mailbox's server with the ledger: asked for by anybody, carried out by the worker that holds the mailbox's loop.</summary>
internal sealed class ReconciliationStore(NpgsqlDataSource source, TimeProvider clock)
{
    public const string Schedule = "schedule";
    private const string Columns = "r.id, r.mailbox_id, r.requested_by, r.requested_at, r.started_at, r.finished_at, r.on_server, r.known, r.missing, r.backfilled, r.problem";
    private static readonly TimeSpan KeepScheduled = TimeSpan.FromDays(30);

    /// <summary>Asks for a comparison; one that waits already serves everybody. Whoever asks leaves an audit entry.</summary>
    public async Task<ReconciliationView> RequestAsync(long mailboxId, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, "select from mailbox where id = $1 for update", [mailboxId], cancel);
        var waiting = await Sql.QueryAsync(connection, "select id from reconciliation where mailbox_id = $1 and started_at is null and finished_at is null order by id limit 1", [mailboxId], r => r.GetInt64(0), cancel);
        var id = waiting.Count > 0 ? waiting[0]
            : (await Sql.QueryAsync(connection, "insert into reconciliation (mailbox_id, requested_by, requested_at) values ($1, $2, $3) returning id", [mailboxId, actor, clock.GetUtcNow()], r => r.GetInt64(0), cancel))[0];
        if (actor != Schedule)
        {
            await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'mailbox.reconcile', 'mailbox', $3, 'Asked to compare the mail server with the ledger.')",
                [clock.GetUtcNow(), actor, mailboxId], cancel);
        }
        await LoopStore.WakeAsync(connection, mailboxId, cancel);
        await transaction.CommitAsync(cancel);
        return (await FindAsync(id, cancel))!;
    }

    /// <summary>The oldest that is not finished: one that waits, or one whose worker was killed under it.</summary>
    public async Task<long?> OpenAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select id from reconciliation where mailbox_id = $1 and finished_at is null order by id limit 1", [mailboxId], r => (long?)r.GetInt64(0), cancel)).SingleOrDefault();
    }

    /// <summary>How long ago the last one that could be carried out ended; null without any.</summary>
    public async Task<TimeSpan?> LastAsync(long mailboxId, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var last = await Sql.QueryAsync(connection, "select max(finished_at) from reconciliation where mailbox_id = $1 and problem is null", [mailboxId], r => r.IsDBNull(0) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(0), cancel);
        return last[0] is { } at ? clock.GetUtcNow() - at : null;
    }

    public async Task StartAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update reconciliation set started_at = coalesce(started_at, $2) where id = $1", [id, clock.GetUtcNow()], cancel);
    }

    /// <summary>Saves how far it is.</summary>
    public async Task ProgressAsync(long id, ReconciliationFigures figures, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update reconciliation set on_server = $2, known = $3, missing = $4, backfilled = $5 where id = $1", [id, figures.OnServer, figures.Known, figures.Missing, figures.Backfilled], cancel);
    }

    /// <summary>What was found in one folder.</summary>
    /// <param name="gap">UIDs on the server that had no line when it was compared.</param>
    public async Task FolderAsync(long folderId, long onServer, long gap, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update mailbox_folder set server_count = $2, gap = $3, reconciled_at = $4 where id = $1", [folderId, onServer, gap, clock.GetUtcNow()], cancel);
    }

    public async Task FinishAsync(long id, string? problem, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var now = clock.GetUtcNow();
        await Sql.ExecuteAsync(connection, "update reconciliation set finished_at = $2, problem = $3 where id = $1", [id, now, problem], cancel);
        await Sql.ExecuteAsync(connection, "delete from reconciliation where requested_by = $1 and finished_at < $2", [Schedule, now - KeepScheduled], cancel);
    }

    public async Task<ReconciliationView?> FindAsync(long id, CancellationToken cancel) => (await ListAsync("r.id = $1", id, 1, cancel)).SingleOrDefault();

    public Task<List<ReconciliationView>> ListAsync(long mailboxId, int take, CancellationToken cancel, long before = long.MaxValue) => ListAsync("r.mailbox_id = $1", mailboxId, take, cancel, before);

    private async Task<List<ReconciliationView>> ListAsync(string which, long value, int take, CancellationToken cancel, long before = long.MaxValue)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"""
            select {Columns}, coalesce(l.owner_until >= now(), false), case when l.state = 'BackingOff' then l.problem end
            from reconciliation r left join mailbox_loop l on l.mailbox_id = r.mailbox_id where {which} and r.id < $3 order by r.id desc limit $2
            """, [value, take, before], Read, cancel);
    }

    private static ReconciliationView Read(NpgsqlDataReader r)
    {
        DateTimeOffset? At(int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
        var problem = r.IsDBNull(10) ? null : r.GetString(10);
        if (At(5) is null) problem = !r.GetBoolean(11) ? NoWorker : r.IsDBNull(12) ? null : $"The mail server cannot be read just now: {r.GetString(12)}";
        return new ReconciliationView(r.GetInt64(0), r.GetInt64(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), At(4), At(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), problem);
    }

    /// <summary>Said of a comparison that waits while no worker reads the mailbox.</summary>
    public const string NoWorker = "No worker reads this mailbox just now; it is done as soon as one does. Check that a worker runs and that the mailbox is enabled and has an IMAP server.";
}
