namespace EmailOps.Core.Analytics;

/// <summary>The periods that reports are asked for by name.</summary>
internal static class ReportPeriods
{
    public const string Default = "day";

    /// <summary>Name, length, and how much of it a point of its series takes.</summary>
    public static IReadOnlyList<(string Name, TimeSpan Length, TimeSpan Step)> All { get; } =
    [
        ("hour", TimeSpan.FromHours(1), TimeSpan.FromHours(1)),
        ("day", TimeSpan.FromDays(1), TimeSpan.FromHours(1)),
        ("week", TimeSpan.FromDays(7), TimeSpan.FromHours(6)),
        ("month", TimeSpan.FromDays(30), TimeSpan.FromDays(1)),
        ("quarter", TimeSpan.FromDays(91), TimeSpan.FromDays(1)),
        ("year", TimeSpan.FromDays(365), TimeSpan.FromDays(1)),
    ];

    public static string Names => string.Join(", ", All.Select(p => p.Name));

    /// <returns>Null when there is no such period.</returns>
    public static (string Name, TimeSpan Length, TimeSpan Step)? Find(string? name)
        => All.Where(p => p.Name.Equals(string.IsNullOrWhiteSpace(name) ? Default : name, StringComparison.OrdinalIgnoreCase)).Cast<(string, TimeSpan, TimeSpan)?>().FirstOrDefault();
}
