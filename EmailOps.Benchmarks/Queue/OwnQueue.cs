using System.Diagnostics;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Worker.Registry;
using EmailOps.Worker.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EmailOps.Benchmarks.Queue;

/// <summary>Our queue as the product calls it, with nothing to do between claim and end.</summary>
internal sealed class OwnQueue(IServiceProvider services)
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly NpgsqlDataSource _source = services.GetRequiredService<NpgsqlDataSource>();

    public async Task ClearAsync(CancellationToken cancel)
    {
        await using var clear = _source.CreateCommand("delete from work_item");
        await clear.ExecuteNonQueryAsync(cancel);
        await using var vacuum = _source.CreateCommand("vacuum analyze work_item");
        await vacuum.ExecuteNonQueryAsync(cancel);
        await using var checkpoint = _source.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>Jobs a second: each enqueued, claimed and completed, in three transactions.</returns>
    public async Task<double> RunAsync(int batch, int clients, int seconds, CancellationToken cancel)
    {
        var queue = new WorkQueue(_source, new WorkOptions { BatchSize = batch });
        long jobs = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds) Interlocked.Add(ref jobs, await CycleAsync(queue, batch, cancel));
        }, cancel)));
        return jobs / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <returns>Milliseconds from the call to the item of single claims, sorted.</returns>
    public async Task<double[]> ClaimsAsync(int count, CancellationToken cancel)
    {
        var queue = new WorkQueue(_source, new WorkOptions { BatchSize = 1 });
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            await EnqueueAsync(1, cancel);
            var began = Stopwatch.GetTimestamp();
            var items = await queue.ClaimAsync(Stage.Triage, cancel);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            await CompleteAsync(items, cancel);
        }
        Array.Sort(times);
        return times;
    }

    /// <returns>Jobs a second of real stage loops with a stage that only ends its items.</returns>
    public async Task<double> LoopsAsync(int loops, int jobs, CancellationToken cancel)
    {
        for (var left = jobs; left > 0; left -= 1000) await EnqueueAsync(Math.Min(left, 1000), cancel);
        var (options, done) = (new WorkOptions { FixedLoops = loops }, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var life = new NoLife();
        var activity = new StageActivity();
        using var drain = new Drain(life, options, activity, TimeProvider.System, NullLogger<Drain>.Instance);
        var wakeUps = new WakeUps(_source, TimeProvider.System, NullLogger<WakeUps>.Instance);
        var stage = new NothingStage(_source, jobs, done);
        using var loop = new StageLoop(stage, new WorkQueue(_source, options), wakeUps, options, new WorkerIdentity(), activity, drain, TimeProvider.System, NullLogger<StageLoop>.Instance);
        var began = Stopwatch.GetTimestamp();
        await loop.StartAsync(cancel);
        await done.Task.WaitAsync(cancel);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await loop.StopAsync(cancel);
        return jobs / seconds;
    }

    private async Task<int> CycleAsync(WorkQueue queue, int batch, CancellationToken cancel)
    {
        await EnqueueAsync(batch, cancel);
        var items = await queue.ClaimAsync(Stage.Triage, cancel);
        await CompleteAsync(items, cancel);
        return items.Count;
    }

    private async Task EnqueueAsync(int batch, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        var threads = Random.Shared.Next(1_000_000_000); // each mail its own, as mostly in life
        await WorkQueue.EnqueueAsync(connection, [.. Enumerable.Range(1, batch).Select(i => new NewWork(Stage.Triage, i, 1, ThreadId: threads + i) { TraceParent = Trace })], cancel);
    }

    private async Task CompleteAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        await using var connection = await _source.OpenConnectionAsync(cancel);
        await WorkQueue.CompleteAsync(connection, items, cancel);
    }

    private sealed class NothingStage(NpgsqlDataSource source, int jobs, TaskCompletionSource done) : IStage
    {
        private int _done;

        public Stage Stage => Stage.Triage;

        public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await WorkQueue.CompleteAsync(connection, items, cancel);
            if (Interlocked.Add(ref _done, items.Count) >= jobs) done.TrySetResult();
            return [];
        }
    }

    private sealed class NoLife : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;
        public CancellationToken ApplicationStopping => _stopping.Token;
        public CancellationToken ApplicationStopped => CancellationToken.None;
        public void StopApplication() => _stopping.Cancel();
        public void Dispose() => _stopping.Dispose();
    }
}
