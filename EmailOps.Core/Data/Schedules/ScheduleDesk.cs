using EmailOps.Core.Contracts;
using EmailOps.Core.Schedules;
using Npgsql;

namespace EmailOps.Core.Data.Schedules;

/// <summary>The schedule as people see and change it.</summary>
internal sealed class ScheduleDesk(NpgsqlDataSource source, ScheduleStore store, ScheduleOptions options)
{
    private const int LongestName = 60, MostJobs = 500;
    private const string Run = "r.id, r.job, r.due_at, r.asked_by, r.started_at, r.finished_at, r.outcome, r.missed, r.said, r.progress, r.worker, extract(epoch from coalesce(r.finished_at, now()) - r.started_at)::float8";
    private const int RunColumns = 12;

    public async Task<List<ScheduledJobView>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await ListAsync(connection, null, cancel);
    }

    public async Task<ScheduledJobView?> FindAsync(string name, CancellationToken cancel)
    {
        if (name.Length > LongestName) return null;
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await ListAsync(connection, name, cancel)).SingleOrDefault();
    }

    /// <summary>Newest first.</summary>
    public async Task<List<JobRunView>> RunsAsync(string name, int take, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select {Run} from job_run r where r.job = $1 order by r.id desc limit $2", [name, take], r => ReadRun(r, 0)!, cancel);
    }

    /// <summary>A worker runs it as soon as one is free. Asked again before that, nothing changes; while it runs it cannot be asked for.</summary>
    public Task<(WriteOutcome Outcome, ScheduledJobView? Job)> AskAsync(string name, string actor, CancellationToken cancel)
        => ChangeAsync(name, null, actor, "run", (job, _) => job.Running is not null ? null : ("asked_at = coalesce(asked_at, now()), asked_by = coalesce(asked_by, $2)", [], "Asked for a run now."), cancel);

    public Task<(WriteOutcome Outcome, ScheduledJobView? Job)> PauseAsync(string name, string actor, CancellationToken cancel)
        => ChangeAsync(name, null, actor, "pause", (_, _) => ("is_paused = true, next_run_at = null, changed_by = $2, changed_at = now(), version = version + 1", [], "Paused: it is not run on time any more."), cancel);

    public Task<(WriteOutcome Outcome, ScheduledJobView? Job)> ResumeAsync(string name, string actor, CancellationToken cancel)
        => ChangeAsync(name, null, actor, "resume", (job, now) =>
            ("is_paused = false, next_run_at = $3, changed_by = $2, changed_at = now(), version = version + 1", [store.Times(job.Schedule, job.TimeZone, job.DefaultSchedule).Next(now)], "Resumed: it is run on time again."), cancel);

    /// <param name="version">What the caller read; null: whatever it is.</param>
    /// <exception cref="FormatException">The times cannot be read; the message says what is wrong.</exception>
    public Task<(WriteOutcome Outcome, ScheduledJobView? Job)> SetAsync(string name, SetSchedule set, int? version, string actor, CancellationToken cancel)
    {
        var zone = string.IsNullOrWhiteSpace(set.TimeZone) ? null : set.TimeZone.Trim();
        var home = JobTimes.Zone(zone ?? options.TimeZone) ?? throw new FormatException($"\"{zone}\" is no time zone that is known here; write an IANA name such as Europe/Berlin.");
        var times = string.IsNullOrWhiteSpace(set.Schedule) ? null : JobTimes.Parse(set.Schedule, home);
        return ChangeAsync(name, version, actor, "set", (job, now) =>
            ("schedule = $3::text, time_zone = $4::text, next_run_at = case when is_paused then null else $5::timestamptz end, changed_by = $2, changed_at = now(), version = version + 1",
            [times?.Text, zone, (times ?? JobTimes.Parse(job.DefaultSchedule, home)).Next(now)], $"Runs by: {times?.Text ?? job.DefaultSchedule} ({zone ?? options.TimeZone})."), cancel);
    }

    private async Task<(WriteOutcome Outcome, ScheduledJobView? Job)> ChangeAsync(string name, int? version, string actor, string action, Func<ScheduledJobView, DateTimeOffset, (string Set, object?[] Values, string Detail)?> change, CancellationToken cancel)
    {
        if (name.Length > LongestName) return (WriteOutcome.NotFound, null);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var now = await Sql.QueryAsync(connection, "select now() from scheduled_job where name = $1 for update", [name], r => r.GetFieldValue<DateTimeOffset>(0), cancel);
        if (now is not [var at]) return (WriteOutcome.NotFound, null);
        var job = (await ListAsync(connection, name, cancel)).Single();
        if (version is { } seen && seen != job.Version) return (WriteOutcome.VersionConflict, job);
        if (change(job, at) is not { } made) return (WriteOutcome.WrongState, job);
        // $2 is not in every change.
        await Sql.ExecuteAsync(connection, $"update scheduled_job set {made.Set} where name = $1 and $2::text is not null", [name, actor, .. made.Values], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, $2, 'schedule', 0, $3)", [actor, $"schedule.{action}", $"{name}: {made.Detail}"], cancel);
        await LiveEvents.AnnounceAsync(connection, ScheduleStore.LiveKind, 0, cancel);
        var changed = (await ListAsync(connection, name, cancel)).Single();
        await transaction.CommitAsync(cancel);
        return (WriteOutcome.Done, changed);
    }

    private Task<List<ScheduledJobView>> ListAsync(NpgsqlConnection connection, string? name, CancellationToken cancel) => Sql.QueryAsync(connection, $"""
        select j.name, j.description, coalesce(j.schedule, j.default_schedule), j.default_schedule, j.schedule is null and j.time_zone is null, coalesce(j.time_zone, $2), j.is_paused, j.version, j.next_run_at,
            coalesce(j.next_run_at < now() - $3 and j.owner is null, false), j.asked_by,
            (select coalesce(sum(m.missed), 0)::int from job_run m where m.job = j.name and m.outcome = 'Missed' and m.finished_at > now() - interval '1 day'),
            (select count(*)::int from job_run f where f.job = j.name and f.outcome in ('Problem', 'Failed', 'TimedOut', 'Abandoned') and f.id > coalesce((select max(d.id) from job_run d where d.job = j.name and d.outcome = 'Done'), 0)),
            (select max(d.finished_at) from job_run d where d.job = j.name and d.outcome = 'Done'),
            {Run.Replace("r.", "u.", StringComparison.Ordinal)}, {Run.Replace("r.", "l.", StringComparison.Ordinal)}
        from scheduled_job j
        left join job_run u on u.id = j.run_id and u.outcome = 'Running'
        left join lateral (select * from job_run e where e.job = j.name and e.outcome not in ('Running', 'Missed') order by e.id desc limit 1) l on true
        where $1::text is null or j.name = $1 order by j.name limit {MostJobs}
        """, [name, options.TimeZone, options.Grace], ReadJob, cancel);

    private static ScheduledJobView ReadJob(NpgsqlDataReader r)
    {
        const int first = 14;
        var isOverdue = r.GetBoolean(9);
        return new ScheduledJobView(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetString(5), r.GetBoolean(6), r.GetInt32(7), At(r, 8), isOverdue, Text(r, 10),
            ReadRun(r, first), ReadRun(r, first + RunColumns), r.GetInt32(11) + (isOverdue ? 1 : 0), r.GetInt32(12), At(r, 13));
    }

    private static JobRunView? ReadRun(NpgsqlDataReader r, int first) => r.IsDBNull(first) ? null : new JobRunView(r.GetInt64(first), r.GetString(first + 1), At(r, first + 2), Text(r, first + 3), r.GetFieldValue<DateTimeOffset>(first + 4),
        At(r, first + 5), Enum.TryParse<JobOutcome>(r.GetString(first + 6), out var outcome) ? outcome : JobOutcome.Failed, r.GetInt32(first + 7), Text(r, first + 8), Text(r, first + 9), Text(r, first + 10), r.GetDouble(first + 11));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
