using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What a process says of itself with each heartbeat.</summary>
internal sealed record WorkerBeatRow(Guid Id, string Host, int ProcessId, string Version, bool IsDraining, int Mailboxes, int MostMailboxes, IReadOnlyList<WorkerStage> Stages);

/// <summary>Somebody who went silent, and what it had.</summary>
internal sealed record LostWorker(string Host, int ProcessId, int Items);

/// <summary>Which processes work. Times are the database's, so that a process whose clock is wrong is no worse than others.</summary>
internal sealed class WorkerStore(NpgsqlDataSource source, WorkOptions options)
{
    /// <summary>Who shares the mailboxes: how many each can read.</summary>
    public const string Readers = "select most_mailboxes from worker where alive_until > now() and not is_draining and most_mailboxes > 0";
    private const int MaxName = 200;

    /// <summary>
    /// Says that a process lives, and takes away those that said nothing for their lease: what they held is free at once. It keeps its lease, which tells the
    /// next holder that the last one never finished it.
    /// </summary>
    public async Task<IReadOnlyList<LostWorker>> BeatAsync(WorkerBeatRow row, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, """
            insert into worker (id, host, process_id, version, is_draining, mailboxes, most_mailboxes, stages, alive_until) values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, now() + $9)
            on conflict (id) do update set heard_at = now(), alive_until = excluded.alive_until, is_draining = excluded.is_draining, mailboxes = excluded.mailboxes, most_mailboxes = excluded.most_mailboxes, stages = excluded.stages
            """, [row.Id, StoredText.Clean(StoredText.Cut(row.Host, MaxName)), row.ProcessId, row.Version, row.IsDraining, row.Mailboxes, row.MostMailboxes, Sql.Json(row.Stages), options.WorkerLease], cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var gone = await Sql.QueryAsync(connection, "delete from worker where id in (select id from worker where alive_until < now() for update skip locked) returning id, host, process_id", [],
            r => (Id: r.GetGuid(0), Host: r.GetString(1), Process: r.GetInt32(2)), cancel);
        var lost = new List<LostWorker>();
        foreach (var (id, host, process) in gone) lost.Add(new LostWorker(host, process, await FreeAsync(connection, id, cancel)));
        await transaction.CommitAsync(cancel);
        return lost;
    }

    /// <summary>The process stops in order: it holds nothing any more.</summary>
    public async Task LeaveAsync(Guid id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from worker where id = $1", [id], cancel);
    }

    /// <summary>Frees what a process still holds without waiting for its silence.</summary>
    public async Task FreeAsync(Guid id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await FreeAsync(connection, id, cancel);
    }

    /// <summary>Those that live, oldest first.</summary>
    public static Task<List<WorkerView>> ListAsync(NpgsqlConnection connection, CancellationToken cancel) => Sql.QueryAsync(connection, """
        select id, host, process_id, version, since, heard_at, is_draining, mailboxes, stages from worker where alive_until > now() order by since, id limit 1000
        """, [], r => new WorkerView(r.GetGuid(0), r.GetString(1), r.GetInt32(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetFieldValue<DateTimeOffset>(5), r.GetBoolean(6), r.GetInt32(7),
            Sql.FromJson<WorkerStage[]>(r.GetString(8))), cancel);

    private static async Task<int> FreeAsync(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        var freed = await Sql.QueryAsync(connection, "update work_item set available_at = now() where lease > $1 and lease <= $2 and died_at is null and available_at > now() returning stage",
            [id, WorkerIdentity.LastLease(id)], r => (Stage)r.GetInt16(0), cancel);
        foreach (var stage in freed.Distinct()) await WorkQueue.WakeAsync(connection, stage, cancel);
        return freed.Count;
    }
}
