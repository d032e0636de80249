using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Schedules;
using Npgsql;

namespace EmailOps.Worker.Schedules;

/// <summary>Measures every mailbox's drift, so that the history says each day whether the mail is still what its model learned from. Hourly figures come from learning's own chores.</summary>
internal sealed class DriftJob(NpgsqlDataSource source, DriftStore drift) : IScheduledJob
{
    public string Name => "drift";
    public string Description => "Compares each mailbox's last week with the four weeks before, and says where a model may no longer fit.";
    public string DefaultSchedule => "15 6 * * *";
    public TimeSpan Timeout => TimeSpan.FromMinutes(30);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var mailboxes = await Sql.QueryAsync(connection, "select id, address from mailbox order by id", [], r => (Id: r.GetInt64(0), Address: r.GetString(1)), cancel);
        var warnings = new List<string>();
        for (var i = 0; i < mailboxes.Count; i++)
        {
            context.Progress($"{i} of {mailboxes.Count} mailboxes measured");
            warnings.AddRange((await drift.MeasureAsync(mailboxes[i].Id, cancel)).Warnings.Select(w => $"{mailboxes[i].Address}: {w}"));
        }
        // A warning is the model's affair, not a failure of the job: metrics and the model page carry it.
        return JobReport.Done(warnings.Count == 0 ? $"{mailboxes.Count} mailboxes measured, none has drifted." : $"{mailboxes.Count} mailboxes measured, {warnings.Count} warnings. {string.Join(" ", warnings)}");
    }
}
