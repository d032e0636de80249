using EmailOps.Core.Data;
using EmailOps.Core.Schedules;
using Npgsql;

namespace EmailOps.Worker.Schedules;

/// <summary>
/// Asks for a comparison of every mailbox's server with the ledger and waits for them; the worker that reads the mailbox does it. Loops compare by themselves
/// every <c>Intake:ReconcileEvery</c>; this one is in the history, and says when a mailbox was not compared.
/// </summary>
internal sealed class ReconcileJob(NpgsqlDataSource source, ReconciliationStore reconciliations, TimeProvider clock) : IScheduledJob
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);
    /// <summary>Longer than a comparison of a large mailbox; below the timeout, so that the report still names who was left.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(50);

    public string Name => "reconcile";
    public string Description => "Compares every mail server with the ledger and fetches what is missing.";
    public string DefaultSchedule => "30 1 * * *";
    public TimeSpan Timeout => TimeSpan.FromHours(1);

    public async Task<JobReport> RunAsync(JobContext context, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var mailboxes = await Sql.QueryAsync(connection, $"select b.id, b.address from mailbox b where b.is_enabled and {MailboxSql.IsRead} order by b.id", [], r => (Id: r.GetInt64(0), Address: r.GetString(1)), cancel);
        if (mailboxes.Count == 0) return JobReport.Done("No mailbox is read from a server.");
        var asked = new List<(long Id, string Address)>();
        foreach (var (id, address) in mailboxes) asked.Add(((await reconciliations.RequestAsync(id, ReconciliationStore.Schedule, cancel)).Id, address));
        var (began, missing, backfilled) = (clock.GetTimestamp(), 0L, 0L);
        var problems = new List<string>();
        while (asked.Count > 0 && clock.GetElapsedTime(began) < s_patience)
        {
            context.Progress($"{mailboxes.Count - asked.Count} of {mailboxes.Count} mailboxes compared");
            foreach (var each in asked.ToArray())
            {
                if (await reconciliations.FindAsync(each.Id, cancel) is { FinishedAt: null }) continue;
                asked.Remove(each);
                if (await reconciliations.FindAsync(each.Id, cancel) is not { } done) continue;
                (missing, backfilled) = (missing + done.Missing, backfilled + done.Backfilled);
                if (done.Problem is { } problem) problems.Add($"{each.Address}: {problem}");
                else if (done.Missing > done.Backfilled) problems.Add($"{each.Address}: {done.Missing - done.Backfilled} mails are still missing");
            }
            if (asked.Count > 0) await Task.Delay(s_look, clock, cancel);
        }
        problems.AddRange(asked.Select(a => $"{a.Address}: not compared in {s_patience.TotalMinutes:N0} minutes"));
        var said = $"{mailboxes.Count - asked.Count} of {mailboxes.Count} mailboxes compared, {missing} mails were missing, {backfilled} fetched.";
        return problems.Count == 0 ? JobReport.Done(said) : JobReport.Problem($"{said} {string.Join("; ", problems)}");
    }
}
