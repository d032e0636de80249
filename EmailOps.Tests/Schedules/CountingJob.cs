using EmailOps.Core.Schedules;

namespace EmailOps.Tests.Schedules;

/// <summary>A job that counts, and does what the test says.</summary>
internal sealed class CountingJob(string name, Func<JobContext, CancellationToken, Task<JobReport>>? run = null, string schedule = "every 1d", bool isOn = true) : IScheduledJob
{
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);
    public string Name => name;
    public string Description => $"Counts ({name}).";
    public string DefaultSchedule => schedule;
    public bool IsOnByDefault => isOn;
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    public Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        Interlocked.Increment(ref _runs);
        return run is null ? Task.FromResult(JobReport.Done("Counted.")) : run(context, cancel);
    }
}
