using EmailOps.Core.Data;
using EmailOps.Core.Schedules;

namespace EmailOps.Worker.Schedules;

/// <summary>Keeps Microsoft Graph telling us of new mail; registered where a public address is configured.</summary>
internal sealed class SubscriptionJob(GraphSubscriptions subscriptions) : IScheduledJob
{
    public string Name => "m365-subscriptions";
    public string Description => "Makes and renews the change notifications of Microsoft 365 mailboxes.";
    public string DefaultSchedule => "every 15m";
    public TimeSpan Timeout => TimeSpan.FromMinutes(5);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        var (there, changed, problems) = await subscriptions.KeepAsync(cancel);
        var said = $"{there} folders tell of new mail, {changed} were subscribed or renewed.";
        return problems.Count == 0 ? JobReport.Done(said) : JobReport.Problem($"{said} Asked every poll instead: {string.Join(" ", problems)}");
    }
}
