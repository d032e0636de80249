using EmailOps.Core.Data.Analytics;
using EmailOps.Core.Schedules;

namespace EmailOps.Worker.Analytics;

/// <summary>Looks for patterns each night, so that the page has them in the morning.</summary>
internal sealed class PatternJob(PatternStore patterns) : IScheduledJob
{
    public string Name => "patterns";
    public string Description => "Looks for recurring subjects and senders, for questions that no article answers, and for articles that would.";
    public string DefaultSchedule => "40 3 * * *";
    public TimeSpan Timeout => TimeSpan.FromMinutes(30);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var found = await patterns.AnalyzeAsync(PatternStore.DefaultDays, context.Actor, cancel);
        return JobReport.Done($"{found.Looked} messages of {found.Days} days: {found.Subjects.Count} recurring subjects, {found.Senders.Count} recurring senders, {found.Candidates.Count} article candidates.");
    }
}

/// <summary>Keeps a capacity report each week and says what to do about it.</summary>
internal sealed class CapacityJob(Reports reports, ReportShelf shelf, TimeProvider clock) : IScheduledJob
{
    public string Name => "capacity";
    public string Description => "Reviews volume, processor, memory and storage of the last 30 days, with projections and advice.";
    public string DefaultSchedule => "0 6 * * MON";
    public TimeSpan Timeout => TimeSpan.FromMinutes(10);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var report = await reports.CapacityAsync(30, cancel);
        await shelf.PutAsync(ReportShelf.Capacity, clock.GetUtcNow(), context.Actor, report, cancel);
        var said = $"{report.Volume.DailyAverage:N0} messages a day over {report.Period.Measured} days.";
        // Advice is news for people: the history shows it as something to look at.
        return report.Recommendations.Count == 0 ? JobReport.Done($"{said} Nothing to advise.") : JobReport.Problem($"{said} {string.Join(" ", report.Recommendations.Select(r => $"{r.Description} ({r.Priority}): {r.Action}."))}");
    }
}

/// <summary>Keeps the performance report of the last 30 days on the first of each month.</summary>
internal sealed class MonthJob(PerformanceStore performance, ReportShelf shelf, TimeProvider clock) : IScheduledJob
{
    public string Name => "month-report";
    public string Description => "Keeps the performance report of the last 30 days; emailops report performance --period month writes it as a file.";
    public string DefaultSchedule => "30 5 1 * *";
    public TimeSpan Timeout => TimeSpan.FromMinutes(10);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var report = await performance.ReportAsync("month", TimeSpan.FromDays(30), TimeSpan.FromDays(1), null, cancel);
        await shelf.PutAsync(ReportShelf.Performance, clock.GetUtcNow(), context.Actor, report, cancel);
        return JobReport.Done($"{report.Metrics.TotalProcessed} messages decided, {report.Metrics.AutomationRate:P0} of them without a person.");
    }
}
