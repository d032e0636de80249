using System.Diagnostics.Metrics;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Schedules;
using EmailOps.Core.Schedules;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Schedules;

/// <summary>Runs what is due: looks every few seconds, and at once when somebody asks. Several jobs side by side, each in one worker only.</summary>
internal sealed class JobRunner(IEnumerable<IScheduledJob> registered, ScheduleStore store, ScheduleDesk desk, ScheduleOptions options, WakeUps wakeUps, TimeProvider clock, ILogger<JobRunner> log) : BackgroundService
{
    private static readonly TimeSpan s_figuresEvery = TimeSpan.FromSeconds(15), s_goodbye = TimeSpan.FromSeconds(4);
    private readonly Dictionary<string, IScheduledJob> _jobs = registered.ToDictionary(j => j.Name, StringComparer.Ordinal);
    private readonly HashSet<Task> _running = [];
    private readonly string _worker = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} ({Environment.ProcessId})");
    private volatile IReadOnlyList<ScheduledJobView> _figures = [];
    private long _counted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        PublishFigures();
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        var isRegistered = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isRegistered) await store.RegisterAsync(_jobs.Values, stoppingToken);
                isRegistered = true;
                await BeginDueAsync(stoppingToken);
                await CountAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Whatever it is, the schedule goes on: it must not take the worker with it.
                if (StoreFailures.IsUnreachable(failure)) ScheduleLog.StoreFailed(log, failure.Message);
                else ScheduleLog.LoopFailed(log, failure);
            }
            await WaitAsync(events, stoppingToken);
        }
        await Task.WhenAll(_running);
    }

    private async Task BeginDueAsync(CancellationToken stopping)
    {
        _running.RemoveWhere(t => t.IsCompleted);
        while (options.Enabled && _running.Count < options.Concurrency && await store.TakeAsync(Guid.CreateVersion7(), _worker, _jobs.Keys, stopping) is { } run)
        {
            if (run.Missed > 0) ScheduleLog.Missed(log, run.Job, run.Missed);
            _running.Add(RunAsync(run, stopping));
        }
    }

    private async Task RunAsync(TakenRun run, CancellationToken stopping)
    {
        await Task.Yield();
        var began = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(run.Timeout, clock);
        using var lost = new CancellationTokenSource();
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token, lost.Token);
        using var done = new CancellationTokenSource();
        string? progress = null;
        var keeping = KeepAsync(run, () => Volatile.Read(ref progress), lost, done.Token);
        var (outcome, said) = (JobOutcome.Failed, "");
        try
        {
            var report = await _jobs[run.Job].RunAsync(new JobContext(run.RunId, run.AskedBy, text => Volatile.Write(ref progress, text)), all.Token);
            (outcome, said) = (report.IsOk ? JobOutcome.Done : JobOutcome.Problem, report.Said);
        }
        catch (Exception) when (lost.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            (outcome, said) = (JobOutcome.Stopped, "Its worker was told to stop; another begins it again.");
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            (outcome, said) = (JobOutcome.TimedOut, string.Create(CultureInfo.InvariantCulture, $"It took longer than {run.Timeout} and was cancelled."));
        }
        catch (Exception failure)
        {
            ScheduleLog.Failed(log, run.Job, failure);
            (outcome, said) = (JobOutcome.Failed, StoreFailures.Explain(failure) ?? failure.Message);
        }
        await done.CancelAsync();
        await keeping;
        await FinishAsync(run, outcome, said, clock.GetElapsedTime(began), lost.IsCancellationRequested);
    }

    private async Task FinishAsync(TakenRun run, JobOutcome outcome, string said, TimeSpan took, bool isLost)
    {
        try
        {
            // Even while the process stops: otherwise the others wait for the lease to run out.
            using var enough = new CancellationTokenSource(s_goodbye, clock);
            if (isLost || !await store.FinishAsync(run, outcome, said, enough.Token)) ScheduleLog.Lost(log, run.Job);
            else
            {
                EmailOpsTelemetry.JobDone(run.Job, outcome.ToString(), took);
                ScheduleLog.Done(log, run.Job, outcome, took.TotalSeconds, said);
            }
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure) || failure is OperationCanceledException)
        {
            ScheduleLog.StoreFailed(log, failure.Message); // the lease runs out, and the history calls it abandoned
        }
    }

    /// <summary>Tells that this worker lives. When the store did not answer for a whole lease, another may have begun the job, and ours ends.</summary>
    private async Task KeepAsync(TakenRun run, Func<string?> progress, CancellationTokenSource lost, CancellationToken done)
    {
        var told = clock.GetTimestamp();
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, options.Lease.TotalMilliseconds / 4)), clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested) return;
            try
            {
                if (!await store.KeepAsync(run, progress(), done))
                {
                    await lost.CancelAsync();
                    return;
                }
                told = clock.GetTimestamp();
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure))
            {
                if (clock.GetElapsedTime(told) < options.Lease) continue;
                await lost.CancelAsync();
                return;
            }
        }
    }

    private async Task CountAsync(CancellationToken stopping)
    {
        if (_counted != 0 && clock.GetElapsedTime(_counted) < s_figuresEvery) return;
        _figures = await desk.ListAsync(stopping);
        _counted = clock.GetTimestamp();
    }

    private void PublishFigures()
    {
        EmailOpsTelemetry.Gauge("emailops.job.missed", "{run}", "Runs of the last 24 hours that no worker began in time, by job",
            () => _figures.Select(j => new Measurement<long>(j.MissedLastDay, new KeyValuePair<string, object?>("job", j.Name))));
        EmailOpsTelemetry.Gauge("emailops.job.failures", "{run}", "Runs in a row that were not done, by job",
            () => _figures.Select(j => new Measurement<long>(j.FailuresInARow, new KeyValuePair<string, object?>("job", j.Name))));
        // Never done is no age.
        EmailOpsTelemetry.Gauge("emailops.job.age", "s", "Seconds since a job was last done",
            () => _figures.Where(j => j.LastDoneAt is not null).Select(j => new Measurement<double>((clock.GetUtcNow() - j.LastDoneAt!.Value).TotalSeconds, new KeyValuePair<string, object?>("job", j.Name))));
    }

    private async Task WaitAsync(WakeUps.Subscription events, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(options.LookEvery, clock, done.Token);
        var isNews = false;
        while (!isNews && !stopping.IsCancellationRequested)
        {
            if (await Task.WhenAny(poll, events.Payloads.WaitToReadAsync(done.Token).AsTask()) == poll) break;
            while (events.Payloads.TryRead(out var payload)) isNews |= payload.Length == 0 || LiveEvents.Read(payload)?.Kind == ScheduleStore.LiveKind;
        }
        await done.CancelAsync();
    }
}
