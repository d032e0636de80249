namespace EmailOps.Core.Schedules;

/// <summary>The schedule of the whole installation; bound to the section <c>Schedule</c>.</summary>
internal sealed class ScheduleOptions
{
    public const string Section = "Schedule";

    /// <summary>False: this worker runs no jobs; others do.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The zone in which cron times are read: an IANA name.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Jobs that one worker runs side by side; guards the processor of a small machine.</summary>
    public int Concurrency { get; set; } = 2;

    /// <summary>How long a worker that said nothing keeps its job. Told four times as often.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a worker looks for what is due.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How late a run may begin before it counts as missed.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the history is kept.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(90);

    /// <returns>Null, or what to change.</returns>
    public string? Problem()
    {
        if (JobTimes.Zone(TimeZone) is null) return $"{Section}:TimeZone is {TimeZone}, which this machine does not know; set it to an IANA name such as Europe/Berlin.";
        if (Concurrency is < 1 or > 16) return $"{Section}:Concurrency is {Concurrency}; set it to 1 to 16.";
        if (Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromMinutes(10)) return $"{Section}:Lease is {Lease}; set it to 00:00:01 to 00:10:00.";
        if (LookEvery < TimeSpan.FromMilliseconds(10) || LookEvery > TimeSpan.FromMinutes(10)) return $"{Section}:LookEvery is {LookEvery}; set it to 00:00:00.01 to 00:10:00.";
        if (Grace < TimeSpan.Zero || Grace > TimeSpan.FromDays(1)) return $"{Section}:Grace is {Grace}; set it to 00:00:00 to 1.00:00:00.";
        return Keep < TimeSpan.FromDays(1) ? $"{Section}:Keep is {Keep}; set it to 1.00:00:00 or longer." : null;
    }
}
