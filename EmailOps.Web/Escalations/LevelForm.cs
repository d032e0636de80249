using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Web.Escalations;

/// <summary>Service levels as somebody typed them. What is not on the form (severities by category) stays as it was.</summary>
internal sealed class LevelForm
{
    private const int MostLines = 1_100;

    public long Mailbox { get; set; }
    public int Version { get; set; }
    public string? TimeZone { get; set; }
    public string? Holidays { get; set; }
    public string? OnCall { get; set; }
    public int RemindMinutes { get; set; }

    /// <param name="fields">from-Monday, until-Monday, respond-High, resolve-High, clock-High, next-Low.</param>
    /// <returns>Null with a sentence about what cannot be read.</returns>
    public ServiceLevelPlan? Over(ServiceLevelPlan before, IFormCollection fields, out string problem)
    {
        problem = "";
        List<WorkingHours> hours = [];
        foreach (var day in Enum.GetValues<DayOfWeek>())
        {
            var (from, until) = (fields[$"from-{day}"].ToString(), fields[$"until-{day}"].ToString());
            if (from.Length == 0 && until.Length == 0) continue;
            if (!TimeOnly.TryParse(from, CultureInfo.InvariantCulture, out var begin) || !TimeOnly.TryParse(until, CultureInfo.InvariantCulture, out var end)) return Fail($"{day}: write times such as 09:00 and 17:00, or leave both empty.", out problem);
            hours.Add(new WorkingHours(day, begin, end));
        }
        List<ServiceLevelTarget> targets = [];
        foreach (var severity in Enum.GetValues<EscalationSeverity>())
        {
            if (!int.TryParse(fields[$"respond-{severity}"], NumberStyles.None, CultureInfo.InvariantCulture, out var respond) || !int.TryParse(fields[$"resolve-{severity}"], NumberStyles.None, CultureInfo.InvariantCulture, out var resolve)) return Fail($"{severity}: write minutes as whole numbers.", out problem);
            targets.Add(new ServiceLevelTarget(severity, respond, resolve, fields[$"clock-{severity}"] == "true", fields[$"next-{severity}"] == "true"));
        }
        List<DateOnly> holidays = [];
        foreach (var line in Lines(Holidays))
        {
            if (!DateOnly.TryParseExact(line, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return Fail($"\"{Cut(line)}\" is no day: write 2026-12-24, one a line.", out problem);
            holidays.Add(day);
        }
        List<OnCallContact> contacts = [];
        foreach (var line in Lines(OnCall))
        {
            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length is < 2 or > 4 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var level)) return Fail($"\"{Cut(line)}\": write level, name, e-mail, phone, one person a line.", out problem);
            contacts.Add(new OnCallContact(level, parts[1], parts.ElementAtOrDefault(2) is { Length: > 0 } mail ? mail : null, parts.ElementAtOrDefault(3) is { Length: > 0 } phone ? phone : null));
        }
        return before with { TimeZone = TimeZone?.Trim() ?? "", Hours = hours, Targets = targets, Holidays = holidays, OnCall = contacts, RemindMinutes = RemindMinutes };
    }

    private static string[] Lines(string? text) => (text ?? "").Split('\n', MostLines, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static ServiceLevelPlan? Fail(string what, out string problem)
    {
        problem = what;
        return null;
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40];
}
