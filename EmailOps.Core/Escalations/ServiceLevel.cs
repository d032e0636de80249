using EmailOps.Core.Contracts;

namespace EmailOps.Core.Escalations;

/// <summary>By when a person must have taken it on, and settled it.</summary>
internal readonly record struct DueTimes(DateTimeOffset RespondBy, DateTimeOffset ResolveBy);

/// <summary>What is done about an escalation whose time has come.</summary>
/// <param name="Tell">Null: nobody is told.</param>
/// <param name="NextAt">When it is looked at again; null: never, until something happens.</param>
internal readonly record struct DueStep(NotificationKind? Tell, int Level, int Reminders, DateTimeOffset? NextAt);

/// <summary>The arithmetic of service levels. Pure: plan, facts and instant in, times out.</summary>
internal static class ServiceLevel
{
    public const int HighestLevel = 4;

    public static EscalationSeverity SeverityOf(ServiceLevelPlan plan, string? category, int? priority)
        => plan.Severities.FirstOrDefault(r => (priority ?? 1) >= r.FromPriority && (r.Category is null || r.Category.Equals(category, StringComparison.OrdinalIgnoreCase)))?.Severity ?? EscalationSeverity.Medium;

    public static DueTimes Due(ServiceLevelPlan plan, EscalationSeverity severity, DateTimeOffset opened)
    {
        var target = Target(plan, severity);
        var respond = Add(plan, target, opened, target.RespondMinutes);
        var resolve = !target.ResolveNextDay ? Add(plan, target, opened, target.ResolveMinutes)
            : target.AroundTheClock ? opened.ToUniversalTime().AddDays(1) : new BusinessClock(plan).EndOfNextDay(opened);
        return new DueTimes(respond, resolve < respond ? respond : resolve);
    }

    /// <summary>What is due about it now. Before its time nothing; after it, the next level is called while there is one, and then people are reminded.</summary>
    public static DueStep Step(ServiceLevelPlan plan, EscalationSeverity severity, EscalationState state, DateTimeOffset? due, int level, int reminders, DateTimeOffset now)
    {
        if (state == EscalationState.Resolved || due is not { } at) return new DueStep(null, level, reminders, null);
        if (now < at) return new DueStep(null, level, reminders, at);
        if (reminders >= plan.MostReminders) return new DueStep(null, level, reminders, null);
        var highest = plan.OnCall.Count == 0 ? 1 : Math.Min(HighestLevel, plan.OnCall.Max(c => c.Level));
        var again = Add(plan, Target(plan, severity), now, plan.RemindMinutes);
        return level < highest ? new DueStep(NotificationKind.NextLevel, NextLevel(plan, level), reminders + 1, again) : new DueStep(NotificationKind.Reminder, level, reminders + 1, again);
    }

    /// <summary>Levels without anybody are passed over.</summary>
    private static int NextLevel(ServiceLevelPlan plan, int level) => plan.OnCall.Where(c => c.Level > level).Select(c => c.Level).DefaultIfEmpty(level + 1).Min();

    private static ServiceLevelTarget Target(ServiceLevelPlan plan, EscalationSeverity severity)
        => plan.Targets.FirstOrDefault(t => t.Severity == severity) ?? new ServiceLevelPlan().Targets.First(t => t.Severity == severity);

    private static DateTimeOffset Add(ServiceLevelPlan plan, ServiceLevelTarget target, DateTimeOffset from, int minutes)
        => target.AroundTheClock ? from.ToUniversalTime().AddMinutes(minutes) : new BusinessClock(plan).Add(from, TimeSpan.FromMinutes(minutes));
}
