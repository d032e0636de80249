using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

/// <summary>What is done on time, and backups.</summary>
internal static class ScheduleCalls
{
    public static Task<Answer<IReadOnlyList<ScheduledJobView>>> ScheduleAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<ScheduledJobView>>(Reading.Plain(ScheduleRoutes.All), cancellation);

    public static Task<Answer<ScheduledJobView>> JobAsync(this ApiClient api, string name, CancellationToken cancellation) => api.GetAsync<ScheduledJobView>(At(ScheduleRoutes.Job, name), cancellation);

    public static Task<Answer<IReadOnlyList<JobRunView>>> RunsAsync(this ApiClient api, string name, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<JobRunView>>(At(ScheduleRoutes.Runs, name), cancellation);

    /// <param name="route">Run, Pause or Resume of <see cref="ScheduleRoutes"/>.</param>
    public static Task<Answer<ScheduledJobView>> OrderJobAsync(this ApiClient api, string route, string name, CancellationToken cancellation) => api.SendAsync<ScheduledJobView>(HttpMethod.Post, At(route, name), null, null, cancellation);

    public static Task<Answer<ScheduledJobView>> SetJobAsync(this ApiClient api, string name, int version, SetSchedule set, CancellationToken cancellation) => api.SendAsync<ScheduledJobView>(HttpMethod.Put, At(ScheduleRoutes.Job, name), set, version, cancellation);

    public static Task<Answer<IReadOnlyList<BackupView>>> BackupsAsync(this ApiClient api, CancellationToken cancellation) => api.GetAsync<IReadOnlyList<BackupView>>(Reading.Plain(BackupRoutes.All), cancellation);

    private static string At(string route, string name) => Reading.Plain(route).Replace("{name}", Uri.EscapeDataString(name), StringComparison.Ordinal);
}
