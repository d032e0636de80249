namespace EmailOps.Core.Schedules;

/// <summary>
/// What is done on time, by exactly one worker. Register it with <c>services.AddSingleton&lt;IScheduledJob, ...&gt;()</c> in the worker; people may pause it,
/// change its times and run it at once. A worker that is killed under it has it begun again by another: what it does must bear being begun twice.
/// </summary>
internal interface IScheduledJob
{
    /// <summary>Lower case with dashes, such as <c>backup-verify</c>; at most 60 characters. Never changed: history hangs on it.</summary>
    string Name { get; }

    /// <summary>One sentence for people.</summary>
    string Description { get; }

    /// <summary>Five fields of cron (<c>0 10 * * MON</c>, <c>0 10 * * TUE#1</c>) or an interval (<c>every 6h</c>); see <see cref="JobTimes"/>. In the zone of <c>Schedule:TimeZone</c>.</summary>
    string DefaultSchedule { get; }

    /// <summary>After this it is cancelled, and the run counts as failed.</summary>
    TimeSpan Timeout { get; }

    /// <summary>False: it waits until somebody resumes it.</summary>
    bool IsOnByDefault => true;

    /// <summary>Does it once.</summary>
    /// <exception cref="Exception">Whatever it throws is a failed run, with the message as what it said.</exception>
    Task<JobReport> RunAsync(JobContext context, CancellationToken cancel);
}

/// <summary>How a run ended.</summary>
/// <param name="IsOk">False: it was done with problems that somebody should look at.</param>
/// <param name="Said">What people read in the history: counts and names, never words of a mail. Cut at 2,000 characters.</param>
internal sealed record JobReport(bool IsOk, string Said)
{
    public static JobReport Done(string said) => new(true, said);

    public static JobReport Problem(string said) => new(false, said);
}

/// <summary>One run as its job sees it.</summary>
/// <param name="AskedBy">Who wanted it now; null: its time had come.</param>
/// <param name="Progress">Shown while it runs; cheap, told at most once a second.</param>
internal sealed record JobContext(long RunId, string? AskedBy, Action<string> Progress)
{
    /// <summary>Who did it, for audit entries.</summary>
    public string Actor => AskedBy ?? "schedule";
}
