namespace EmailOps.Core.Contracts;

/// <summary>When people work on one day of the week, in the plan's time zone.</summary>
/// <param name="Until">00:00: midnight, the end of the day.</param>
public sealed record WorkingHours(DayOfWeek Day, TimeOnly From, TimeOnly Until);

/// <summary>By when a person must have answered a call, and settled the matter.</summary>
/// <param name="AroundTheClock">Nights, weekends and holidays count too.</param>
/// <param name="ResolveNextDay">It is settled by the end of the next working day, whatever <paramref name="ResolveMinutes"/> says.</param>
public sealed record ServiceLevelTarget(EscalationSeverity Severity, int RespondMinutes, int ResolveMinutes, bool AroundTheClock = false, bool ResolveNextDay = false);

/// <summary>Which messages are how severe: the first rule that fits counts.</summary>
/// <param name="Category">Null: any.</param>
/// <param name="FromPriority">1-10.</param>
public sealed record SeverityRule(EscalationSeverity Severity, int FromPriority = 1, string? Category = null);

/// <summary>Who is called, in order of levels: each overdue escalation goes one level up.</summary>
/// <param name="Level">1-4.</param>
/// <param name="Email">Also the name to sign in with at Microsoft 365, for Teams.</param>
public sealed record OnCallContact(int Level, string Name, string? Email = null, string? Phone = null);

/// <summary>The service levels of a mailbox, or of all.</summary>
public sealed record ServiceLevelPlan
{
    /// <summary>IANA name, such as Europe/Berlin.</summary>
    public string TimeZone { get; init; } = "UTC";
    public IReadOnlyList<WorkingHours> Hours { get; init; } =
        [.. ((DayOfWeek[])[DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]).Select(d => new WorkingHours(d, new TimeOnly(9, 0), new TimeOnly(17, 0)))];
    /// <summary>Days on which nobody works.</summary>
    public IReadOnlyList<DateOnly> Holidays { get; init; } = [];
    public IReadOnlyList<ServiceLevelTarget> Targets { get; init; } =
    [
        new(EscalationSeverity.Critical, 5, 15, AroundTheClock: true),
        new(EscalationSeverity.High, 15, 60, AroundTheClock: true),
        new(EscalationSeverity.Medium, 60, 240),
        new(EscalationSeverity.Low, 240, 480, ResolveNextDay: true),
    ];
    public IReadOnlyList<SeverityRule> Severities { get; init; } = [new(EscalationSeverity.Critical, 9), new(EscalationSeverity.High, 7), new(EscalationSeverity.Medium, 4), new(EscalationSeverity.Low)];
    /// <summary>Between reminders of what is overdue; counted like the target's times.</summary>
    public int RemindMinutes { get; init; } = 15;
    /// <summary>After so many the chat is left alone; the list goes on showing it first.</summary>
    public int MostReminders { get; init; } = 12;
    public IReadOnlyList<OnCallContact> OnCall { get; init; } = [];
}

/// <param name="MailboxId">0: for all mailboxes without a plan of their own.</param>
/// <param name="IsOwn">False: nothing is stored for this mailbox, it follows the plan for all.</param>
/// <param name="Version">Send back as <c>If-Match</c>; 0 where nothing is stored.</param>
public sealed record ServiceLevelView(long MailboxId, bool IsOwn, int Version, ServiceLevelPlan Plan);
