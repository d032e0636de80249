namespace EmailOps.Core.Contracts;

/// <summary>Paths of the schedule; laws as in <see cref="Routes"/>.</summary>
public static class ScheduleRoutes
{
    /// <summary>GET -> ScheduledJobView[] by name.</summary>
    public const string All = "/schedule";
    /// <summary>GET -> ScheduledJobView; PUT SetSchedule (If-Match) -> ScheduledJobView.</summary>
    public const string Job = "/schedule/{name}";
    /// <summary>GET -> JobRunView[] newest first. Query: take (1-200, default 50).</summary>
    public const string Runs = "/schedule/{name}/runs";
    /// <summary>POST -> 202 ScheduledJobView: a worker runs it as soon as one is free; 409 while it runs.</summary>
    public const string Run = "/schedule/{name}/run";
    /// <summary>POST -> ScheduledJobView: it is not run on time any more, only when somebody asks.</summary>
    public const string Pause = "/schedule/{name}/pause";
    /// <summary>POST -> ScheduledJobView: from its next time on.</summary>
    public const string Resume = "/schedule/{name}/resume";
}

/// <param name="Schedule">Five fields of cron, or <c>every 6h</c>; null: the job's default.</param>
/// <param name="TimeZone">IANA name; null: that of the installation.</param>
public sealed record SetSchedule(string? Schedule, string? TimeZone = null);

public enum JobOutcome
{
    Running,
    Done,
    /// <summary>Done, with something that a person should look at.</summary>
    Problem,
    Failed,
    TimedOut,
    /// <summary>Its worker was told to stop; it is begun again.</summary>
    Stopped,
    /// <summary>Its worker was gone without a word.</summary>
    Abandoned,
    /// <summary>Its time passed and nobody began it.</summary>
    Missed,
}

/// <param name="DueAt">When it should have begun; null: somebody asked for it.</param>
/// <param name="Missed">How many runs nobody began, with <see cref="JobOutcome.Missed"/>.</param>
/// <param name="Said">What it reported.</param>
/// <param name="Progress">The last it said while it ran.</param>
/// <param name="Seconds">How long it took; so far, while it runs.</param>
public sealed record JobRunView(long Id, string Job, DateTimeOffset? DueAt, string? AskedBy, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, JobOutcome Outcome, int Missed, string? Said, string? Progress, string? Worker, double Seconds);

/// <summary>A job of the schedule.</summary>
/// <param name="Schedule">In force.</param>
/// <param name="IsDefault">Nobody changed its times.</param>
/// <param name="NextRunAt">Null while it is paused.</param>
/// <param name="IsOverdue">Its time passed longer ago than is allowed, and no worker began it.</param>
/// <param name="AskedBy">Somebody asked for it, and no worker has begun it yet.</param>
/// <param name="Running">Under way.</param>
/// <param name="Last">The last that came to an end, missed ones left out.</param>
/// <param name="MissedLastDay">Runs of the last 24 hours that nobody began, with one that is overdue.</param>
/// <param name="FailuresInARow">Runs at the end of the history that were not done.</param>
public sealed record ScheduledJobView(string Name, string Description, string Schedule, string DefaultSchedule, bool IsDefault, string TimeZone, bool IsPaused, int Version, DateTimeOffset? NextRunAt,
    bool IsOverdue, string? AskedBy, JobRunView? Running, JobRunView? Last, int MissedLastDay, int FailuresInARow, DateTimeOffset? LastDoneAt);
