using EmailOps.Core.Data.Checks;
using EmailOps.Core.Schedules;
using EmailOps.Worker.Analytics;

namespace EmailOps.Worker.Schedules;

/// <summary>What is done on time: one line a job.</summary>
internal static class ScheduleSetup
{
    public static void AddSchedule(this IServiceCollection services)
    {
        services.AddHostedService<JobRunner>();
        services.AddSingleton<IScheduledJob, BackupJob>();
        services.AddSingleton<IScheduledJob, BackupVerifyJob>();
        services.AddSingleton<IScheduledJob, DriftJob>();
        services.AddSingleton<IScheduledJob, ReconcileJob>();
        services.AddSingleton<IScheduledJob, RetentionJob>();
        services.AddDoctor(_ => []); // of the settings this process has read, and it would not be here with wrong ones
        services.AddSingleton<IScheduledJob, DailyMaintenanceJob>();
        services.AddSingleton<IScheduledJob, WeeklyMaintenanceJob>();
        services.AddSingleton<IScheduledJob, MonthlyMaintenanceJob>();
        services.AddSingleton<IScheduledJob, PatternJob>();
        services.AddSingleton<IScheduledJob, CapacityJob>();
        services.AddSingleton<IScheduledJob, MonthJob>();
    }
}
