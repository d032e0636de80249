using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Analytics;

/// <summary>The reports that people ask for by name, for the Api and the command line.</summary>
internal sealed class Reports(DatabaseServers servers, PerformanceStore performance, SystemSamples samples, HourCounter counter, TimeProvider clock)
{
    public const int MostHours = 8784, MostDays = 366, LeastDays = 2;

    public async Task<KpiSummary> KpiAsync(int hours, CancellationToken cancel)
    {
        var report = await performance.ReportAsync($"{hours} hours", TimeSpan.FromHours(hours), TimeSpan.FromHours(Math.Max(1, hours / 24)), null, cancel);
        var (system, availability) = await samples.KpiAsync(clock.GetUtcNow().AddHours(-hours), cancel);
        var m = report.Metrics;
        return new KpiSummary(report.TimeRange, new KpiProcessing(m.TotalProcessed, m.SuccessRate, m.AverageProcessingTime, m.AutomationRate),
            new KpiClassification(m.ClassificationAccuracy, m.ClassificationAccuracyNote, report.ConfidenceDistribution, report.CategoryDistribution), system, availability);
    }

    /// <summary>Of whole days (UTC); today would look like a decline.</summary>
    public async Task<CapacityReport> CapacityAsync(int days, CancellationToken cancel)
    {
        await counter.RunAsync(cancel, mostSteps: 20);
        var end = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var start = end.AddDays(-days);
        await using var connection = await servers.ForReports.OpenConnectionAsync(cancel);
        var counted = (await Sql.QueryAsync(connection, "select (hour at time zone 'UTC')::date, sum(messages)::bigint from processing_hour where hour >= $1 and hour < $2 group by 1", [start, end],
            r => (Day: r.GetFieldValue<DateOnly>(0), Messages: r.GetInt64(1)), cancel)).ToDictionary(d => d.Day, d => d.Messages);
        // The last hour of yesterday is counted some minutes after midnight.
        var mark = await HourCounter.MarkAsync(connection, cancel) ?? end;
        foreach (var (day, messages) in await Sql.QueryAsync(connection, "select (decided_at at time zone 'UTC')::date, count(*) from decision where decided_at >= $1 and decided_at < $2 group by 1", [mark > start ? mark : start, end],
            r => (r.GetFieldValue<DateOnly>(0), r.GetInt64(1)), cancel)) counted[day] = counted.GetValueOrDefault(day) + messages;
        // Days before anything was ever counted are no days without mail.
        var known = (await Sql.QueryAsync(connection, "select min(hour) from processing_hour", [], r => r.IsDBNull(0) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(0), cancel)).Single();
        var first = known is { } at ? DateOnly.FromDateTime((at > start ? at : start).UtcDateTime) : DateOnly.FromDateTime(end.UtcDateTime);
        // A first day that began in the middle counts too little.
        if (known > start && known.Value.UtcDateTime.Hour > 0) first = first.AddDays(1);
        var last = DateOnly.FromDateTime(end.UtcDateTime);
        List<DailyVolume> volumes = [];
        for (var day = first; day < last; day = day.AddDays(1)) volumes.Add(new DailyVolume(day, counted.GetValueOrDefault(day)));
        return CapacityAnalysis.Of(start, end, days, volumes, await samples.DaysAsync(start, cancel));
    }
}
