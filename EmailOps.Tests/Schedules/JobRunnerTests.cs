using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Schedules;
using EmailOps.Core.Schedules;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Schedules;

/// <summary>Real workers on one database, with jobs of the test's own.</summary>
public sealed class JobRunnerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Quick = "--Schedule:LookEvery=00:00:00.05";

    private static Task<WebApplication> WorkerAsync(TestStore store, params CountingJob[] jobs) => TestHosts.StartAsync(args => WorkerHost.Create(args, services =>
    {
        foreach (var job in jobs) services.AddSingleton<IScheduledJob>(job);
    }), store.ConnectionString, [Quick, "--Schedule:Lease=00:00:02"]);

    [Fact]
    public async Task Two_workers_run_each_run_once_and_tell_how_it_ended()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var (desk, shared) = (store.Get<ScheduleDesk>(), new CountingJob("every-second", schedule: "every 1s"));
        var bad = new CountingJob("bad", (_, _) => throw new InvalidOperationException("The disk is full."));
        var slow = new CountingJob("slow", async (context, cancel) =>
        {
            context.Progress("waits");
            await Task.Delay(Timeout.Infinite, cancel);
            return JobReport.Done("never");
        }) { Timeout = TimeSpan.FromSeconds(1) };
        await using var first = await WorkerAsync(store, shared, bad, slow);
        await using var second = await WorkerAsync(store, shared, bad, slow);
        await Wait.UntilAsync(async () => (await desk.ListAsync(CancellationToken.None)).Count >= 3, "jobs are registered");

        await desk.AskAsync("bad", "Olga", CancellationToken.None);
        await desk.AskAsync("slow", "Olga", CancellationToken.None);
        await Wait.UntilAsync(async () => shared.Runs >= 3 && (await desk.FindAsync("bad", CancellationToken.None))!.Last is not null && (await desk.FindAsync("slow", CancellationToken.None))!.Last is not null, "all have run");
        await desk.PauseAsync("every-second", "Olga", CancellationToken.None);
        await Wait.UntilAsync(async () => (await desk.FindAsync("every-second", CancellationToken.None))!.Running is null, "it is not running any more");

        Assert.Equal(shared.Runs, await store.AskAsync<long>("select count(*) from job_run where job = 'every-second' and outcome = 'Done'"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from (select due_at from job_run where job = 'every-second' and outcome = 'Done' group by due_at having count(*) > 1) doubled"));
        var (failed, timedOut) = ((await desk.FindAsync("bad", CancellationToken.None))!.Last!, (await desk.FindAsync("slow", CancellationToken.None))!.Last!);
        Assert.Equal((JobOutcome.Failed, "The disk is full.", "Olga"), (failed.Outcome, failed.Said, failed.AskedBy));
        Assert.Equal(JobOutcome.TimedOut, timedOut.Outcome);
        Assert.Equal((1, 1), (bad.Runs, slow.Runs));
    }

    [Fact]
    public async Task A_stopped_worker_hands_its_job_to_another()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var desk = store.Get<ScheduleDesk>();
        var (held, quick) = (new CountingJob("handed", async (_, cancel) => { await Task.Delay(Timeout.Infinite, cancel); return JobReport.Done("never"); }), new CountingJob("handed"));
        await using (var first = await WorkerAsync(store, held))
        {
            await Wait.UntilAsync(async () => await desk.FindAsync("handed", CancellationToken.None) is not null, "it is registered");
            await desk.AskAsync("handed", "Olga", CancellationToken.None);
            await Wait.UntilAsync(() => Task.FromResult(held.Runs == 1), "it runs");
            await first.StopAsync();
        }
        await using var second = await WorkerAsync(store, quick);
        await Wait.UntilAsync(async () => (await desk.FindAsync("handed", CancellationToken.None))!.Last?.Outcome == JobOutcome.Done, "the other did it");

        Assert.Equal([JobOutcome.Done, JobOutcome.Stopped], (await desk.RunsAsync("handed", 5, CancellationToken.None)).Select(r => r.Outcome));
        Assert.Equal(1, quick.Runs);
    }

    [Fact]
    public async Task A_worker_that_is_killed_loses_its_job_to_another()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var desk = store.Get<ScheduleDesk>();
        // A server that nobody reaches keeps the comparison waiting for as long as the test needs.
        await store.ExecuteAsync("update mailbox set settings = jsonb_build_object('imap', jsonb_build_object('host', '127.0.0.1', 'port', 9, 'security', 'None'))");
        Dictionary<string, string> settings = new()
        {
            ["ConnectionStrings__emailops"] = store.ConnectionString, ["EMAILOPS_ENV_FILE"] = "none", ["LOG_FILE_ENABLED"] = "false", ["SECRETS_KEY"] = TestStore.SecretsKey, ["Schedule__Lease"] = "00:00:02",
            ["Schedule__LookEvery"] = "00:00:00.1", ["CACHE_DIR"] = Path.Combine(AppContext.BaseDirectory, "test-cache"),
        };
        await using (var first = new OwnServer("EmailOps.Worker", settings))
        {
            await Wait.UntilAsync(async () => await desk.FindAsync("reconcile", CancellationToken.None) is not null, "the first worker is there", seconds: 60);
            await desk.AskAsync("reconcile", "Olga", CancellationToken.None);
            await Wait.UntilAsync(async () => (await desk.FindAsync("reconcile", CancellationToken.None))!.Running is not null, "it runs");
        } // killed: no signal that it could hear
        await using var second = new OwnServer("EmailOps.Worker", settings);
        await Wait.UntilAsync(async () => (await desk.RunsAsync("reconcile", 5, CancellationToken.None)) is [{ Outcome: JobOutcome.Running }, { Outcome: JobOutcome.Abandoned }], "the second took it over", seconds: 60);
    }
}
