using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Schedules;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Schedules;

/// <summary>Taking, keeping and losing jobs, on one database for all.</summary>
public sealed class ScheduleStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;
    private ScheduleStore Schedule => _store.Get<ScheduleStore>();
    private ScheduleDesk Desk => _store.Get<ScheduleDesk>();

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres, ("Schedule:TimeZone", "Europe/Berlin"));

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private Task<TakenRun?> TakeAsync(params string[] known) => Schedule.TakeAsync(Guid.NewGuid(), "test", known, CancellationToken.None);

    private Task DueAsync(string job, string ago = "1 second") => _store.ExecuteAsync($"update scheduled_job set next_run_at = now() - interval '{ago}' where name = '{job}'");

    private Task RegisterAsync(params CountingJob[] jobs) => Schedule.RegisterAsync(jobs, CancellationToken.None);

    private async Task<ScheduledJobView> JobAsync(string name) => (await Desk.FindAsync(name, CancellationToken.None))!;

    [Fact]
    public async Task A_due_job_is_taken_once_however_many_ask()
    {
        await RegisterAsync(new CountingJob("once"));
        Assert.Null(await TakeAsync("once"));
        await DueAsync("once");

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync("once")));
        var run = Assert.Single(taken, t => t is not null)!;
        var during = await JobAsync("once");
        Assert.True(await Schedule.KeepAsync(run, "half of it", CancellationToken.None));
        var progress = (await JobAsync("once")).Running!.Progress;
        Assert.True(await Schedule.FinishAsync(run, JobOutcome.Done, "All of it.", CancellationToken.None));
        var after = await JobAsync("once");

        Assert.Equal((run.RunId, "half of it"), (during.Running!.Id, progress));
        Assert.True(after.NextRunAt > TimeProvider.System.GetUtcNow());
        Assert.Equal((JobOutcome.Done, "All of it.", 0, 0), (after.Last!.Outcome, after.Last.Said, after.MissedLastDay, after.FailuresInARow));
        Assert.Null(after.Running);
        Assert.Null(await TakeAsync("once"));
    }

    [Fact]
    public async Task A_job_whose_worker_is_gone_is_begun_again_and_the_dead_one_can_write_nothing()
    {
        await RegisterAsync(new CountingJob("gone"));
        await DueAsync("gone");
        var dead = (await TakeAsync("gone"))!;
        Task LapseAsync() => _store.ExecuteAsync("update scheduled_job set owner_until = now() - interval '1 second' where name = 'gone'");

        Assert.Null(await TakeAsync("gone"));
        await LapseAsync();
        var second = (await TakeAsync("gone"))!;
        Assert.False(await Schedule.KeepAsync(dead, "I live", CancellationToken.None));
        Assert.False(await Schedule.FinishAsync(dead, JobOutcome.Done, "I did it", CancellationToken.None));
        await LapseAsync();
        var third = await TakeAsync("gone");
        await LapseAsync();
        var fourth = await TakeAsync("gone");
        var runs = await Desk.RunsAsync("gone", 10, CancellationToken.None);

        Assert.NotEqual(dead.RunId, second.RunId);
        Assert.NotNull(third);
        Assert.Null(fourth); // what kills its workers is not begun for ever
        Assert.Equal([JobOutcome.Abandoned, JobOutcome.Abandoned, JobOutcome.Abandoned], runs.Select(r => r.Outcome));
        Assert.Equal(3, (await JobAsync("gone")).FailuresInARow);
    }

    [Fact]
    public async Task Runs_that_nobody_began_are_counted_and_one_of_them_is_done()
    {
        await RegisterAsync(new CountingJob("missed", schedule: "every 1h"));
        await DueAsync("missed", "150 minutes");
        var overdue = await JobAsync("missed");

        var run = (await TakeAsync("missed"))!;
        await Schedule.FinishAsync(run, JobOutcome.Done, "Done.", CancellationToken.None);
        var after = await JobAsync("missed");

        Assert.True(overdue.IsOverdue);
        Assert.Equal(1, overdue.MissedLastDay);
        Assert.InRange(run.Missed, 2, 3);
        Assert.Equal((run.Missed, false), (after.MissedLastDay, after.IsOverdue));
        Assert.Contains(await Desk.RunsAsync("missed", 5, CancellationToken.None), r => r.Outcome == JobOutcome.Missed && r.Missed == run.Missed);
        Assert.Null(await TakeAsync("missed"));
    }

    [Fact]
    public async Task What_people_change_stays_over_a_restart_and_is_audited()
    {
        var job = new CountingJob("changed", schedule: "0 9 * * *");
        await RegisterAsync(job);
        var (_, set) = await Desk.SetAsync("changed", new SetSchedule("30 4 * * MON", "UTC"), 1, "Olga", CancellationToken.None);
        var stale = await Desk.SetAsync("changed", new SetSchedule("every 1h"), 1, "Olga", CancellationToken.None);
        await Desk.PauseAsync("changed", "Olga", CancellationToken.None);
        await RegisterAsync(job);
        var paused = await JobAsync("changed");
        await DueAsync("changed");
        await _store.ExecuteAsync("update scheduled_job set next_run_at = null where name = 'changed'");
        Assert.Null(await TakeAsync("changed"));
        await Desk.AskAsync("changed", "Olga", CancellationToken.None);
        var asked = (await TakeAsync("changed"))!;
        var twice = await Desk.AskAsync("changed", "Olga", CancellationToken.None);
        await Schedule.FinishAsync(asked, JobOutcome.Failed, "No.", CancellationToken.None);
        var (_, resumed) = await Desk.ResumeAsync("changed", "Olga", CancellationToken.None);
        var (_, back) = await Desk.SetAsync("changed", new SetSchedule(null), null, "Olga", CancellationToken.None);

        Assert.Equal(("30 4 * * MON", "UTC", false, DayOfWeek.Monday), (set!.Schedule, set.TimeZone, set.IsDefault, set.NextRunAt!.Value.DayOfWeek));
        Assert.Equal(WriteOutcome.VersionConflict, stale.Outcome);
        Assert.Equal(("30 4 * * MON", true), (paused.Schedule, paused.IsPaused));
        Assert.Null(paused.NextRunAt);
        Assert.Equal("Olga", asked.AskedBy);
        Assert.Equal(WriteOutcome.WrongState, twice.Outcome);
        Assert.Equal((false, 1), (resumed!.IsPaused, resumed.FailuresInARow));
        Assert.Equal(("0 9 * * *", "Europe/Berlin", true), (back!.Schedule, back.TimeZone, back.IsDefault));
        Assert.Equal(["schedule.set", "schedule.pause", "schedule.run", "schedule.resume", "schedule.set"], await _store.ColumnAsync<string>("select action from audit_entry where subject_kind = 'schedule' and detail like 'changed:%' order by id"));
    }

    [Fact]
    public async Task A_job_that_is_off_by_default_a_stopped_one_and_a_drain()
    {
        await RegisterAsync(new CountingJob("off", isOn: false), new CountingJob("stopped"));
        Assert.True((await JobAsync("off")).IsPaused);
        await DueAsync("stopped");
        var orders = _store.Get<StandingOrders>();
        await orders.GiveAsync(OrderKind.Drain, "Olga", null, CancellationToken.None);
        var drained = await TakeAsync("off", "stopped");
        await orders.EndAsync(OrderKind.Drain, "Olga", CancellationToken.None);
        var run = (await TakeAsync("off", "stopped"))!;

        await Schedule.FinishAsync(run, JobOutcome.Stopped, "Told to stop.", CancellationToken.None);
        var again = await TakeAsync("off", "stopped");

        Assert.Null(drained);
        Assert.NotNull(again);
        await Assert.ThrowsAsync<FormatException>(() => Desk.SetAsync("stopped", new SetSchedule("every 1h", "Mars/Olympus"), null, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.NotFound, (await Desk.PauseAsync("nobody", "Olga", CancellationToken.None)).Outcome);
    }
}
