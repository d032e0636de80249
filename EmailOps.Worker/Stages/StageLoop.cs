using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Data;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>
/// Runs one stage: claim a batch, do it, claim the next; sleep only when nothing is left, until a wake-up or the polling floor.
/// A batch that fails whole is done again item by item, so that one bad item costs only itself.
/// </summary>
internal sealed class StageLoop(IStage stage, WorkQueue queue, WakeUps wakeUps, WorkOptions options, TimeProvider clock, ILogger<StageLoop> log) : BackgroundService
{
    private readonly string _name = stage.Stage.ToString();
    private readonly string _span = JsonNamingPolicy.KebabCaseLower.ConvertName(stage.Stage.ToString());
    private readonly string _payload = ((short)stage.Stage).ToString(CultureInfo.InvariantCulture);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(Enumerable.Range(0, options.Loops).Select(_ => Task.Run(() => LoopAsync(stoppingToken), stoppingToken)));

    private async Task LoopAsync(CancellationToken stopping)
    {
        using var wake = wakeUps.Subscribe(WorkQueue.Channel);
        Guid? held = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (held is { } left) await queue.GiveBackAsync(left, stopping);
                var lease = Guid.CreateVersion7();
                held = lease;
                // Not cancellable: a claim whose answer nobody hears would wait for its lease. What was claimed is finished even while stopping.
                var items = await queue.ClaimAsync(stage.Stage, lease, CancellationToken.None);
                if (items.Count > 0) await RunAsync(items, CancellationToken.None);
                held = null;
                if (items.Count == 0) await SleepAsync(wake, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, the stage goes on: what we hold is given back, or taken over when its lease runs out.
                if (StoreFailures.IsUnreachable(failure)) StageLog.StoreFailed(log, _name, failure.Message);
                else StageLog.LoopFailed(log, _name, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        using var batch = MessageTrace.Batch(_span, items.Count);
        items = MessageTrace.Step(_span, items);
        var began = clock.GetTimestamp();
        IReadOnlyList<WorkFailure> failures;
        try
        {
            failures = await stage.RunAsync(items, cancel);
        }
        catch (LeaseLostException lost)
        {
            StageLog.LeaseLost(log, _name, lost.Message);
            foreach (var item in items) MessageTrace.Discard(item.Span);
            await queue.GiveBackAsync(items[0].Lease, cancel); // those that nobody took over
            return;
        }
        catch (Exception failure) when (!StoreFailures.IsUnreachable(failure))
        {
            StageLog.BatchFailed(log, _name, items.Count, failure);
            failures = items.Count == 1 ? [new WorkFailure(items[0], Describe(failure))] : await OneByOneAsync(items, cancel);
        }
        MessageTrace.End(items, failures);
        await queue.FailAsync(failures, cancel);
        EmailOpsTelemetry.StageDone(_name, items.Count - failures.Count, failures.Count, clock.GetElapsedTime(began));
        foreach (var failure in failures) StageLog.ItemFailed(log, _name, failure.Item.SubjectId, failure.Item.Attempt, failure.Error);
    }

    private async Task<IReadOnlyList<WorkFailure>> OneByOneAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var failures = new List<WorkFailure>();
        foreach (var item in items)
        {
            try
            {
                failures.AddRange(await stage.RunAsync([item], cancel));
            }
            catch (LeaseLostException lost)
            {
                StageLog.LeaseLost(log, _name, lost.Message);
            }
            catch (Exception failure) when (!StoreFailures.IsUnreachable(failure))
            {
                failures.Add(new WorkFailure(item, Describe(failure)));
            }
        }
        return failures;
    }

    private async Task SleepAsync(WakeUps.Subscription wake, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(options.PollFloor, clock, done.Token);
        while (!poll.IsCompleted)
        {
            var woken = wake.Payloads.WaitToReadAsync(done.Token).AsTask();
            if (await Task.WhenAny(poll, woken) == poll) break;
            var mine = false;
            while (wake.Payloads.TryRead(out var payload)) mine |= payload.Length == 0 || payload == _payload;
            if (mine) break;
        }
        await done.CancelAsync();
    }

    /// <summary>The kind and message of a failure without its stack: it is shown to operators.</summary>
    private static string Describe(Exception failure) => $"{failure.GetType().Name}: {failure.Message}";
}
