using EmailOps.Core.Data.Maintenance;
using EmailOps.Core.Data.Retention;
using EmailOps.Core.Schedules;

namespace EmailOps.Worker.Schedules;

/// <summary>The fixed slots of operators: daily at 9, Mondays at 10, the first Tuesday of the month at 10.</summary>
internal abstract class MaintenanceJob(MaintenanceRun maintenance, MaintenanceLevel level, string times, string what) : IScheduledJob
{
    public string Name { get; } = $"maintenance-{level.ToString().ToLowerInvariant()}";
    public string Description => what;
    public string DefaultSchedule => times;
    public TimeSpan Timeout => TimeSpan.FromHours(6);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var report = await maintenance.RunAsync(level, context.Actor, context.Progress, cancel);
        var said = string.Join(" ", report.Steps.OrderBy(s => s.IsOk).Select(s => $"[{s.Name}{(s.IsOk ? "" : ", look at it")}] {s.Said}"));
        return new JobReport(report.IsOk, said);
    }
}

internal sealed class DailyMaintenanceJob(MaintenanceRun maintenance) : MaintenanceJob(maintenance, MaintenanceLevel.Daily, "0 9 * * *", "Health of everything, temporary files, logs, backups, statistics of the database.");

internal sealed class WeeklyMaintenanceJob(MaintenanceRun maintenance) : MaintenanceJob(maintenance, MaintenanceLevel.Weekly, "0 10 * * MON", "As daily, with VACUUM where it is due, slow queries, locks, sizes and the capacity review.");

internal sealed class MonthlyMaintenanceJob(MaintenanceRun maintenance) : MaintenanceJob(maintenance, MaintenanceLevel.Monthly, "0 10 * * TUE#1", "As weekly, with VACUUM of everything, the month's report, patterns and a backup.");

/// <summary>Archives and deletes old mail, where somebody said how old.</summary>
internal sealed class RetentionJob(RetentionRun retention, RetentionOptions options) : IScheduledJob
{
    public string Name => "retention";
    public string Description => "Archives mail that was decided more than RETENTION_DAYS ago and is done, checks the archive, then deletes it from the database.";
    public string DefaultSchedule => "0 4 * * *";
    public TimeSpan Timeout => TimeSpan.FromHours(4);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        if (options.Days == 0) return JobReport.Done("Off: RETENTION_DAYS is not set. Nothing is ever deleted by itself.");
        var done = await retention.RunAsync(options.Days, context.Actor, context.Progress, cancel);
        return JobReport.Done(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{done.Messages:N0} messages ({done.Bytes / 1e6:N1} MB) older than {options.Days} days archived in {done.Archives.Count} files and deleted."));
    }
}
