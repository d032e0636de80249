using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Data;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;
using EmailOps.Worker.Registry;

namespace EmailOps.Worker.Stages;

/// <summary>
/// Runs one stage: claim a batch, do it, claim the next; sleep only when nothing is left, until a wake-up or the polling floor.
/// A batch that fails whole is done again item by item, so that one bad item costs only itself.
/// </summary>
internal sealed class StageLoop(IStage stage, WorkQueue queue, WakeUps wakeUps, WorkOptions options, WorkerIdentity identity, StageActivity activity, Drain drain, TimeProvider clock, ILogger<StageLoop> log) : BackgroundService
{
    /// <summary>For giving back at the end: a store that does not answer by then finds out when the leases run out.</summary>
    private static readonly TimeSpan s_givingBack = TimeSpan.FromSeconds(2);
    private readonly string _name = stage.Stage.ToString();
    private readonly string _span = JsonNamingPolicy.KebabCaseLower.ConvertName(stage.Stage.ToString());
    private readonly string _payload = ((short)stage.Stage).ToString(CultureInfo.InvariantCulture);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(Enumerable.Range(0, options.Loops).Select(_ => Task.Run(() => CountedAsync(stoppingToken), CancellationToken.None)));

    private async Task CountedAsync(CancellationToken stopping)
    {
        activity.LoopBegan();
        try
        {
            using var noMore = CancellationTokenSource.CreateLinkedTokenSource(stopping, drain.NoMoreClaims);
            await LoopAsync(noMore.Token);
        }
        finally
        {
            activity.LoopEnded();
        }
    }

    private async Task LoopAsync(CancellationToken stopping)
    {
        var pace = new BatchPace(options);
        using var wake = wakeUps.Subscribe(WorkQueue.Channel);
        Guid? held = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (held is { } left) await queue.GiveBackAsync(left, stopping);
                var lease = identity.NewLease();
                held = lease;
                // Not cancellable: a claim whose answer nobody hears would wait for its lease. What was claimed is finished even while stopping, if its time suffices.
                var items = await queue.ClaimAsync(stage.Stage, lease, pace.Most, CancellationToken.None);
                if (items.Count > 0) await HoldAsync(items, pace);
                held = null;
                if (items.Count == 0) await SleepAsync(wake, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Whatever it is, the stage goes on: what we hold is given back, or taken over when its lease runs out.
                if (StoreFailures.IsUnreachable(failure)) StageLog.StoreFailed(log, _name, failure.Message);
                else StageLog.LoopFailed(log, _name, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        if (held is { } unfinished) await GiveBackAsync(unfinished);
    }

    private async Task GiveBackAsync(Guid lease)
    {
        try
        {
            using var enough = new CancellationTokenSource(s_givingBack, clock);
            activity.GivenBack(await queue.GiveBackAsync(lease, enough.Token));
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure) || failure is OperationCanceledException)
        {
            StageLog.NotGivenBack(log, _name, failure.Message);
        }
    }

    private async Task HoldAsync(IReadOnlyList<WorkItem> items, BatchPace pace)
    {
        activity.Taken(stage.Stage, items.Count);
        try
        {
            var began = clock.GetTimestamp();
            await RunAsync(items, drain.LetGo);
            pace.Took(items.Count, clock.GetElapsedTime(began));
        }
        finally
        {
            activity.LetGo(stage.Stage, items.Count);
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
        catch (Exception failure) when (!StoreFailures.IsUnreachable(failure) && !cancel.IsCancellationRequested)
        {
            StageLog.BatchFailed(log, _name, items.Count, failure);
            failures = items.Count == 1 ? [new WorkFailure(items[0], Describe(failure))] : await OneByOneAsync(items, cancel);
        }
        MessageTrace.End(items, failures);
        await queue.FailAsync(failures, cancel);
        activity.Ended(stage.Stage, items.Count - failures.Count, failures.Count);
        if (stage.Stage is Stage.Triage or Stage.Consult or Stage.Policy) EmailOpsTelemetry.NotDecided(failures.Count);
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
            catch (Exception failure) when (!StoreFailures.IsUnreachable(failure) && !cancel.IsCancellationRequested)
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
