using System.Collections.Concurrent;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Worker.Registry;
using EmailOps.Worker.Stages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EmailOps.Tests.Worker;

/// <summary>The loop around every stage, on the real queue; only what the stage does is the test's own.</summary>
public sealed class StageLoopTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestStore _store = null!;

    public async Task InitializeAsync() => _store = await TestStore.CreateAsync(postgres);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static WorkOptions Options(TimeSpan? poll = null) => new() { BatchSize = 50, PollFloor = poll ?? TimeSpan.FromMilliseconds(100), Concurrency = 2, MaxAttempts = 2, Backoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(2) };

    private sealed class Recording(TestStore store, Func<WorkItem, Task>? each = null) : IStage
    {
        public ConcurrentQueue<long> Done { get; } = [];
        public Stage Stage => Stage.Triage;

        public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
        {
            foreach (var item in items)
                if (each is not null) await each(item);
            await store.CompleteAsync(items);
            foreach (var item in items) Done.Enqueue(item.SubjectId);
            return [];
        }
    }

    private async Task<IAsyncDisposable> StartAsync(IStage stage, WorkOptions options, bool listen = false)
    {
        var wakeUps = new WakeUps(_store.Source, TimeProvider.System, NullLogger<WakeUps>.Instance);
        if (listen) await wakeUps.StartAsync(CancellationToken.None);
        var loop = new StageLoop(stage, _store.Queue(options), wakeUps, options, new WorkerIdentity(), new StageActivity(), Draining.Of(options), TimeProvider.System, NullLogger<StageLoop>.Instance);
        await loop.StartAsync(CancellationToken.None);
        return new Running(loop, listen ? wakeUps : null);
    }

    private sealed class Running(params BackgroundService?[] services) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var service in services.OfType<BackgroundService>())
            {
                await service.StopAsync(CancellationToken.None);
                service.Dispose();
            }
        }
    }

    private Task EnqueueAsync(params int[] subjects) => _store.EnqueueAsync([.. subjects.Select(i => new NewWork(Stage.Triage, i, 1))]);

    [Fact]
    public async Task A_poisoned_item_costs_only_itself_and_becomes_a_dead_letter()
    {
        await EnqueueAsync([.. Enumerable.Range(1, 40)]);
        var stage = new Recording(_store, item => item.SubjectId == 13 ? throw new InvalidOperationException("no \0 way \ud800") : Task.CompletedTask);

        await using (await StartAsync(stage, Options()))
            await Wait.UntilAsync(() => _store.AskAsync<bool>("select count(*) = 1 and count(died_at) = 1 from work_item"), "39 are done and one is dead");

        Assert.Equal(Enumerable.Range(1, 40).Where(i => i != 13).Select(i => (long)i), stage.Done.Order());
        Assert.Equal("InvalidOperationException: no \uFFFD way \uFFFD", await _store.AskAsync<string>("select last_error from work_item"));
    }

    [Fact]
    public async Task A_stop_lets_a_claimed_batch_be_finished()
    {
        await EnqueueAsync([.. Enumerable.Range(1, 10)]);
        var begun = new TaskCompletionSource();
        var stage = new Recording(_store, async _ => { begun.TrySetResult(); await Task.Delay(30); });

        var running = await StartAsync(stage, Options());
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await running.DisposeAsync();

        Assert.Equal(10, stage.Done.Count);
        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task A_notification_wakes_a_stage_long_before_it_would_look_by_itself()
    {
        var stage = new Recording(_store);
        await using var running = await StartAsync(stage, Options(poll: TimeSpan.FromMinutes(10)), listen: true);
        await Wait.UntilAsync(ListensAsync, "the process listens");
        await Task.Delay(200); // both loops have found nothing and sleep

        await EnqueueAsync(1);

        await Wait.UntilAsync(() => Task.FromResult(stage.Done.Count == 1), "the stage woke up", seconds: 20);
    }

    [Fact]
    public async Task Wake_ups_come_back_when_their_connection_was_killed()
    {
        var stage = new Recording(_store);
        await using var running = await StartAsync(stage, Options(poll: TimeSpan.FromMinutes(10)), listen: true);
        await Wait.UntilAsync(ListensAsync, "the process listens");

        await _store.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'");
        await EnqueueAsync(1); // whether it is seen now or when the new connection says what it may have missed

        await Wait.UntilAsync(() => Task.FromResult(stage.Done.Count == 1), "the first is done", seconds: 20);
        await Wait.UntilAsync(ListensAsync, "the process listens again");
        await EnqueueAsync(2);
        await Wait.UntilAsync(() => Task.FromResult(stage.Done.Count == 2), "the second is done", seconds: 20);
    }

    private Task<bool> ListensAsync() => _store.AskAsync<bool>($"select count(*) > 0 from pg_stat_activity where datname = current_database() and query = 'listen {WakeUps.Channels[^1]}' and state = 'idle'");

    [Fact]
    public async Task A_batch_that_the_store_let_down_is_given_back_and_done_at_once_not_after_its_lease()
    {
        await EnqueueAsync(1, 2, 3);
        var failures = 1;
        var stage = new Recording(_store, _ => Interlocked.Decrement(ref failures) >= 0 ? throw new NpgsqlException("gone", new IOException("gone")) : Task.CompletedTask);

        await using (await StartAsync(stage, Options())) // the lease is two minutes
            await Wait.UntilAsync(() => Task.FromResult(stage.Done.Count == 3), "all are done", seconds: 20);

        Assert.Equal(0, await _store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task A_failure_nobody_foresaw_does_not_end_the_loop()
    {
        // The queue itself fails, in a way that is no failure of the store.
        await _store.ExecuteAsync("alter table work_item rename column attempts to attempts_gone");
        var stage = new Recording(_store);
        await using var running = await StartAsync(stage, Options());
        await Task.Delay(300);

        await _store.ExecuteAsync("alter table work_item rename column attempts_gone to attempts");
        await EnqueueAsync(1);

        await Wait.UntilAsync(() => Task.FromResult(stage.Done.Count == 1), "the loop goes on", seconds: 20);
    }
}
