using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Schedules;
using Npgsql;

namespace EmailOps.Core.Data.Schedules;

/// <summary>A run that this worker has to do.</summary>
/// <param name="Missed">Runs before it that nobody began.</param>
internal sealed record TakenRun(string Job, long RunId, Guid Owner, DateTimeOffset? DueAt, string? AskedBy, TimeSpan Timeout, int Missed);

/// <summary>
/// Who runs which job, and when. A job is a row; taking it is a lease by the database's clock, so one worker has it, and one that is killed loses it. The next
/// time is set as the run begins: a run that takes longer than its interval is not begun beside itself.
/// </summary>
internal sealed class ScheduleStore(NpgsqlDataSource source, ScheduleOptions options)
{
    public const int MaxSaid = 2000;
    private const int MaxProgress = 300, MostMissed = 10_000, KeepRuns = 2000;
    /// <summary>A job whose worker was gone is begun again this often in a row; then it waits for its next time.</summary>
    private const int MostAgain = 2;
    private const string Due = "(j.next_run_at <= now() or j.asked_at is not null or j.owner is not null) and (j.owner is null or j.owner_until < now())";

    /// <summary>Tells the table which jobs there are; what people changed stays.</summary>
    public async Task RegisterAsync(IReadOnlyCollection<IScheduledJob> jobs, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        foreach (var job in jobs)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await Sql.ExecuteAsync(connection, "insert into scheduled_job (name, description, default_schedule, timeout, is_paused) values ($1, $2, $3, $4, $5) on conflict (name) do nothing",
                [job.Name, job.Description, job.DefaultSchedule, job.Timeout, !job.IsOnByDefault], cancel);
            var (isPaused, schedule, zone, old, next, now) = (await Sql.QueryAsync(connection, "select is_paused, schedule, time_zone, default_schedule, next_run_at, now() from scheduled_job where name = $1 for update", [job.Name],
                r => (r.GetBoolean(0), Text(r, 1), Text(r, 2), r.GetString(3), At(r, 4), r.GetFieldValue<DateTimeOffset>(5)), cancel)).Single();
            var isNewTime = !isPaused && (next is null || schedule is null && old != job.DefaultSchedule);
            await Sql.ExecuteAsync(connection, "update scheduled_job set description = $2, default_schedule = $3, timeout = $4, next_run_at = $5 where name = $1",
                [job.Name, job.Description, job.DefaultSchedule, job.Timeout, isNewTime ? Times(schedule ?? job.DefaultSchedule, zone, job.DefaultSchedule).Next(now) : next], cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    /// <summary>Takes what is due, if nobody has it.</summary>
    /// <param name="known">The jobs that this process can do.</param>
    /// <returns>Null: nothing is due.</returns>
    public async Task<TakenRun?> TakeAsync(Guid owner, string worker, IReadOnlyCollection<string> known, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var found = await Sql.QueryAsync(connection, $"""
                select j.name, j.default_schedule, j.schedule, j.time_zone, j.is_paused, j.next_run_at, j.asked_by, j.asked_at is not null, j.owner is not null, j.run_id, j.begun_again, j.timeout, now()
                from scheduled_job j where j.name = any($1) and {Due} and {StandingOrders.MayClaim} order by coalesce(j.asked_at, j.next_run_at, j.owner_until), j.name limit 1 for update skip locked
                """, [known.ToArray()], Read, cancel);
            if (found is not [var job]) return null;
            if (job.WasTaken)
                await Sql.ExecuteAsync(connection, "update job_run set outcome = 'Abandoned', finished_at = now(), said = 'Its worker was gone without a word.' where id = $1 and outcome = 'Running'", [job.RunId], cancel);
            var again = job.WasTaken ? job.BegunAgain + 1 : 0;
            var isDue = job.NextRunAt <= job.Now;
            var times = Times(job.Schedule ?? job.Default, job.Zone, job.Default);
            var missed = isDue ? times.Count(job.NextRunAt!.Value - TimeSpan.FromTicks(1), job.Now - options.Grace, MostMissed) : 0;
            if (missed > 0)
                await Sql.ExecuteAsync(connection, "insert into job_run (job, due_at, finished_at, outcome, missed, said) values ($1, $2, now(), 'Missed', $3, $4)",
                    [job.Name, job.NextRunAt, missed, missed == 1 ? "Nobody began it in time." : $"Nobody began {missed:N0} runs in time."], cancel);
            var next = job.IsPaused ? (DateTimeOffset?)null : isDue || job.NextRunAt is null ? times.Next(job.Now) : job.NextRunAt;
            // Without the other reasons, one that was begun again too often only loses its dead owner.
            if (!isDue && !job.IsAsked && again > MostAgain)
            {
                await Sql.ExecuteAsync(connection, "update scheduled_job set owner = null, owner_until = null, run_id = null, begun_again = 0, next_run_at = $2 where name = $1", [job.Name, next], cancel);
                await transaction.CommitAsync(cancel);
                continue;
            }
            var run = (await Sql.QueryAsync(connection, "insert into job_run (job, due_at, asked_by, outcome, worker) values ($1, $2, $3, 'Running', $4) returning id",
                [job.Name, isDue ? job.NextRunAt : null, job.AskedBy, StoredText.Clean(StoredText.Cut(worker, 200))], r => r.GetInt64(0), cancel)).Single();
            await Sql.ExecuteAsync(connection, "update scheduled_job set owner = $2, owner_until = now() + $3, run_id = $4, begun_again = $5, next_run_at = $6, asked_by = null, asked_at = null where name = $1",
                [job.Name, owner, options.Lease, run, again, next], cancel);
            await LiveEvents.AnnounceAsync(connection, LiveKind, run, cancel);
            await transaction.CommitAsync(cancel);
            return new TakenRun(job.Name, run, owner, isDue ? job.NextRunAt : null, job.AskedBy, job.Timeout, missed);
        }
    }

    /// <summary>Keeps the lease and shows how far it is.</summary>
    /// <returns>False: it belongs to somebody else by now.</returns>
    public async Task<bool> KeepAsync(TakenRun run, string? progress, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Sql.ExecuteAsync(connection, "update scheduled_job set owner_until = now() + $4 where name = $1 and owner = $2 and run_id = $3", [run.Job, run.Owner, run.RunId, options.Lease], cancel) == 0) return false;
        if (progress is null) return true;
        await Sql.ExecuteAsync(connection, "update job_run set progress = $2 where id = $1 and progress is distinct from $2", [run.RunId, StoredText.Clean(StoredText.Cut(progress, MaxProgress))], cancel);
        return true;
    }

    /// <summary>Writes how it ended. One whose worker was told to stop is begun again by whoever is free.</summary>
    /// <returns>False: it was taken away from this worker, and its history says so.</returns>
    public async Task<bool> FinishAsync(TakenRun run, JobOutcome outcome, string said, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var isStopped = outcome == JobOutcome.Stopped;
        if (await Sql.ExecuteAsync(connection, """
            update scheduled_job set owner = null, owner_until = null, run_id = null, begun_again = 0,
                asked_at = case when $4 then now() else asked_at end, asked_by = case when $4 then coalesce($5, asked_by, 'schedule') else asked_by end
            where name = $1 and owner = $2 and run_id = $3
            """, [run.Job, run.Owner, run.RunId, isStopped, run.AskedBy is { } by ? by : DBNull.Value], cancel) == 0) return false;
        await Sql.ExecuteAsync(connection, "update job_run set outcome = $2, said = $3, finished_at = now() where id = $1", [run.RunId, outcome.ToString(), StoredText.Clean(StoredText.Cut(said, MaxSaid))], cancel);
        await Sql.ExecuteAsync(connection, "delete from job_run where job = $1 and (finished_at < now() - $2 or id < (select id from job_run where job = $1 order by id desc offset $3 limit 1))", [run.Job, options.Keep, KeepRuns], cancel);
        await LiveEvents.AnnounceAsync(connection, LiveKind, run.RunId, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    public const string LiveKind = "schedule";

    /// <summary>What is in force; a schedule or a zone that cannot be read any more gives way to the default.</summary>
    internal JobTimes Times(string text, string? zone, string fallback)
    {
        var home = JobTimes.Zone(options.TimeZone) ?? TimeZoneInfo.Utc;
        try
        {
            return JobTimes.Parse(text, zone is null ? home : JobTimes.Zone(zone) ?? home);
        }
        catch (FormatException) when (text != fallback)
        {
            return JobTimes.Parse(fallback, home);
        }
    }

    private static JobRow Read(NpgsqlDataReader r) => new(r.GetString(0), r.GetString(1), Text(r, 2), Text(r, 3), r.GetBoolean(4), At(r, 5), Text(r, 6), r.GetBoolean(7), r.GetBoolean(8), r.IsDBNull(9) ? null : r.GetInt64(9),
        r.GetInt32(10), r.GetFieldValue<TimeSpan>(11), r.GetFieldValue<DateTimeOffset>(12));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);

    private sealed record JobRow(string Name, string Default, string? Schedule, string? Zone, bool IsPaused, DateTimeOffset? NextRunAt, string? AskedBy, bool IsAsked, bool WasTaken, long? RunId, int BegunAgain, TimeSpan Timeout, DateTimeOffset Now);
}
