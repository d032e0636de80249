using EmailOps.Core.Contracts;

namespace EmailOps.Core.Escalations;

/// <summary>What a plan must be to be counted with. Every count and time is bounded: it was typed, or came over the network.</summary>
internal static class ServiceLevelRules
{
    private const int MostHours = 70, MostHolidays = 1_000, MostRules = 100, MostContacts = 100, MostMinutes = 43_200, LongestText = 200;
    private static readonly TimeSpan s_leastWork = TimeSpan.FromHours(1);

    /// <returns>Null, or one sentence for whoever entered it.</returns>
    public static string? Problem(ServiceLevelPlan plan)
    {
        if (plan is not { TimeZone: not null, Hours: not null, Holidays: not null, Targets: not null, Severities: not null, OnCall: not null }) return "The plan has an empty part; leave it out instead, and its default counts.";
        if (plan.TimeZone.Length > LongestText || !TimeZoneInfo.TryFindSystemTimeZoneById(plan.TimeZone, out _)) return $"timeZone \"{Cut(plan.TimeZone)}\" is not known. Write a name such as Europe/Berlin.";
        if (plan.Hours.Count > MostHours || plan.Holidays.Count > MostHolidays || plan.Severities.Count > MostRules || plan.OnCall.Count > MostContacts) return $"At most {MostHours} hours, {MostHolidays} holidays, {MostRules} rules and {MostContacts} contacts are kept.";
        return Hours(plan.Hours) ?? Targets(plan.Targets) ?? Rules(plan.Severities) ?? Contacts(plan.OnCall) ?? plan switch
        {
            { RemindMinutes: < 5 or > MostMinutes } => $"remindMinutes is {plan.RemindMinutes}; set it between 5 and {MostMinutes}.",
            { MostReminders: < 0 or > 100 } => $"mostReminders is {plan.MostReminders}; set it between 0 and 100.",
            _ => null,
        };
    }

    private static string? Hours(IReadOnlyList<WorkingHours> hours)
    {
        if (hours.Any(h => h is null || !Enum.IsDefined(h.Day))) return "hours has an entry without a day.";
        var work = TimeSpan.Zero;
        foreach (var day in hours.GroupBy(h => h.Day))
        {
            TimeSpan? until = null;
            foreach (var h in day.OrderBy(h => h.From))
            {
                var end = h.Until == TimeOnly.MinValue ? TimeSpan.FromDays(1) : h.Until.ToTimeSpan();
                if (end <= h.From.ToTimeSpan()) return $"{day.Key}: {h.From:HH:mm} to {h.Until:HH:mm} ends before it begins. Write hours over midnight as two days.";
                if (until > h.From.ToTimeSpan()) return $"{day.Key} has hours that overlap.";
                until = end;
                work += end - h.From.ToTimeSpan();
            }
        }
        return work < s_leastWork ? "Somebody must work an hour a week at least, or nothing would ever be due." : null;
    }

    private static string? Targets(IReadOnlyList<ServiceLevelTarget> targets)
    {
        if (targets.Any(t => t is null || !Enum.IsDefined(t.Severity)) || targets.GroupBy(t => t.Severity).Any(g => g.Count() > 1)) return "targets names each severity once: Critical, High, Medium, Low.";
        return targets.FirstOrDefault(t => t.RespondMinutes is < 1 or > MostMinutes || t.ResolveMinutes < t.RespondMinutes || t.ResolveMinutes > MostMinutes) is { } wrong
            ? $"{wrong.Severity}: respondMinutes is {wrong.RespondMinutes} and resolveMinutes {wrong.ResolveMinutes}; both lie between 1 and {MostMinutes}, and the second is not smaller." : null;
    }

    private static string? Rules(IReadOnlyList<SeverityRule> rules)
        => rules.Any(r => r is null || !Enum.IsDefined(r.Severity) || r.FromPriority is < 1 or > 10 || r.Category?.Length > LongestText) ? "severities: each rule has a severity and fromPriority between 1 and 10." : null;

    private static string? Contacts(IReadOnlyList<OnCallContact> contacts)
    {
        if (contacts.Any(c => c is null || c.Level is < 1 or > ServiceLevel.HighestLevel)) return "onCall: levels are 1 to 4.";
        return contacts.Any(c => string.IsNullOrWhiteSpace(c.Name) || c.Name.Length > LongestText || c.Phone?.Length > LongestText || (c.Email is { Length: > 0 } mail && (mail.Length > LongestText || !mail.Contains('@', StringComparison.Ordinal) || mail.Any(ch => char.IsControl(ch) || ch is '\'' or '"' or ' '))))
            ? "onCall: each contact has a name, and a whole address where one is given." : null;
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40];
}
