using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Cli.Commands;

/// <summary>Reports in a few lines for people.</summary>
internal static class ReportText
{
    private const int Most = 10;

    public static IEnumerable<string> Kpi(KpiSummary k)
    {
        yield return $"From {Time(k.TimeRange.Start)} to {Time(k.TimeRange.End)}";
        yield return $"Processing      {k.Processing.TotalProcessed:N0} decided, success {Percent(k.Processing.SuccessRate)}, {Seconds(k.Processing.AverageTime)} on average, {Percent(k.Processing.AutomationRate)} without a person";
        yield return $"Classification  accuracy {Percent(k.Classification.Accuracy)}{(k.Classification.AccuracyNote is { } note ? $" ({note})" : "")}";
        foreach (var category in k.Classification.CategoryDistribution.Take(Most)) yield return $"                {category.Name} {category.Messages:N0} ({Percent(category.Share)})";
        yield return $"System          processor {Of(k.System.Cpu)}, memory {Of(k.System.Memory)}, disk {Of(k.System.Disk)}, up {(k.System.UptimeHours is { } up ? $"{up.ToString("0.#", CultureInfo.InvariantCulture)} h" : "-")}";
        yield return $"Availability    {Of(k.Availability.UptimePercentage)} of {k.Availability.Minutes:N0} minutes, API answers in {Seconds(k.Availability.ApiResponseTime)}, {Percent(k.Availability.ErrorRate)} of {k.Availability.Requests:N0} requests failed";
    }

    public static IEnumerable<string> Performance(PerformanceReport r)
    {
        var m = r.Metrics;
        yield return $"{r.Period}: from {Time(r.TimeRange.Start)} to {Time(r.TimeRange.End)}";
        yield return $"Decided {m.TotalProcessed:N0} ({m.EmailsPerMinute.ToString("0.##", CultureInfo.InvariantCulture)} a minute), {Percent(m.AutomationRate)} without a person, {Percent(m.EscalationRate)} escalated, {m.Failed:N0} failed";
        yield return $"Category right {Percent(m.ClassificationAccuracy)} of {m.Reviewed:N0} reviewed{(m.ClassificationAccuracyNote is { } note ? $" ({note})" : "")}; answers that stood {Percent(m.SatisfactionScore)}";
        yield return $"Stored to decided {Seconds(m.AverageProcessingTime)} on average; half within {Seconds(m.P50)}, 95 of 100 within {Seconds(m.P95)}, 99 within {Seconds(m.P99)}";
        foreach (var share in r.CategoryDistribution.Take(Most)) yield return $"  {share.Name} {share.Messages:N0} ({Percent(share.Share)})";
    }

    public static IEnumerable<string> Capacity(CapacityReport r)
    {
        yield return $"{r.Volume.DailyAverage:N0} messages a day over {r.Period.Measured} days; growth {Percent(r.Volume.GrowthRate)}, busiest day {r.Volume.Peak:N0}, in 30 days {(r.Volume.Projected is { } p ? $"{p:N0} a day" : "not known yet")}";
        yield return $"Processor {Of(r.Resources.Cpu.Average)} (peak {Of(r.Resources.Cpu.Peak)}), memory {Of(r.Resources.Memory.Average)} (peak {Of(r.Resources.Memory.Peak)}), disk full {(r.Resources.Storage.ProjectedFullDate is { } full ? $"on {full.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "not in sight")}";
        foreach (var advice in r.Recommendations) yield return $"{advice.Priority}: {advice.Description}. {advice.Action}.";
        if (r.Recommendations.Count == 0) yield return "Nothing to advise.";
    }

    public static IEnumerable<string> Patterns(PatternReport r)
    {
        yield return $"{r.Looked:N0} messages of {r.Days} days";
        foreach (var subject in r.Subjects.Take(Most)) yield return $"subject    {subject.Messages,6:N0}  {subject.Pattern}";
        foreach (var sender in r.Senders.Take(Most)) yield return $"sender     {sender.Messages,6:N0}  {sender.Address}";
        foreach (var candidate in r.Candidates) yield return $"article    {candidate.Messages,6:N0}  {candidate.Title} ({string.Join(", ", candidate.Keywords)})";
        if (r.Candidates.Count > 0) yield return "The console makes an article of a candidate: Analytics, Patterns.";
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
    private static string Percent(double? share) => share is { } known ? $"{(known * 100).ToString("0.#", CultureInfo.InvariantCulture)} %" : "-";
    private static string Of(double? percent) => percent is { } known ? $"{known.ToString("0.#", CultureInfo.InvariantCulture)} %" : "-";
    private static string Seconds(double? seconds) => seconds is { } known ? $"{known.ToString("0.###", CultureInfo.InvariantCulture)} s" : "-";
}
