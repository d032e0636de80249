using System.Diagnostics.Metrics;
using System.Globalization;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Worker.Registry;
using Npgsql;

namespace EmailOps.Worker.Intake;

/// <summary>
/// Runs a loop for each mailbox that this worker holds. Mailboxes are taken a few at a time up to this worker's share, and kept by a lease of the database's
/// time: a worker that is killed loses them when it runs out. When workers join, those with more than their share give some back. Changed settings restart a loop.
/// </summary>
internal sealed class IntakeSupervisor(LoopStore loops, MailboxLoop mailboxLoop, MailboxStore mailboxes, WakeUps wakeUps, IntakeOptions options, StageActivity activity, TimeProvider clock, ILogger<IntakeSupervisor> log) : BackgroundService
{
    private const int TakenAtOnce = 8;
    private readonly Guid _owner = Guid.CreateVersion7();
    private readonly Dictionary<long, RunningLoop> _running = [];
    private readonly LoopWake _changed = new();
    private volatile LoopStatus[] _shown = [];

    private sealed record RunningLoop(LoopStatus Status, LoopWake Wake, int Version, CancellationTokenSource Stop, Task Task);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Publish();
        using var settings = wakeUps.Subscribe(MailboxStore.Channel);
        using var requests = wakeUps.Subscribe(LoopStore.Channel);
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.Lease / 3;
            try
            {
                if (await SweepAsync(stoppingToken)) wait = TimeSpan.FromMilliseconds(200);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure))
            {
                // The loops go on as far as they can; without a store nothing is acknowledged.
                wait = TimeSpan.FromSeconds(1);
                IntakeLog.LeasesFailed(log, failure.Message, wait.TotalSeconds);
            }
            catch (Exception failure)
            {
                wait = TimeSpan.FromSeconds(1);
                IntakeLog.SupervisorFailed(log, wait.TotalSeconds, failure);
            }
            _shown = [.. _running.Values.Select(r => r.Status)];
            await WaitAsync(wait, settings, requests, stoppingToken);
        }
        await EndAllAsync();
    }

    /// <returns>True when there may be more mailboxes to take.</returns>
    private async Task<bool> SweepAsync(CancellationToken cancel)
    {
        var kept = (await loops.KeepAsync(_owner, options.Lease, [.. _running.Values.Select(r => r.Status.Beat())], cancel)).ToDictionary(k => k.MailboxId, k => k.Version);
        foreach (var (id, running) in _running.ToArray())
        {
            if (!kept.TryGetValue(id, out var version))
            {
                _running.Remove(id);
                await EndAsync(running);
                await loops.ReleaseAsync(_owner, id, cancel); // where it is still ours: it was disabled
                IntakeLog.LoopEnded(log, running.Status.Address);
            }
            else if (version != running.Version || running.Task.IsCompleted)
            {
                await EndAsync(running);
                await StartAsync(new HeldLoop(id, version), cancel);
            }
        }
        var share = Math.Min(await loops.ShareAsync(cancel), options.MaxMailboxes);
        await GiveUpAsync(_running.Count - share, cancel);
        var taken = await loops.TakeAsync(_owner, options.Lease, Math.Min(TakenAtOnce, share - _running.Count), cancel);
        activity.Mailboxes = _running.Count + taken.Count;
        foreach (var held in taken)
        {
            await StartAsync(held, cancel);
            IntakeLog.LoopTaken(log, _running[held.MailboxId].Status.Address);
        }
        return taken.Count > 0;
    }

    /// <summary>Those it has had for the shortest time first: moving a mailbox costs a connection.</summary>
    private async Task GiveUpAsync(int count, CancellationToken cancel)
    {
        foreach (var (id, running) in _running.Reverse().Take(Math.Clamp(count, 0, TakenAtOnce)).ToArray())
        {
            _running.Remove(id);
            await EndAsync(running);
            await loops.ReleaseAsync(_owner, id, cancel);
            IntakeLog.LoopGivenUp(log, running.Status.Address);
        }
    }

    private async Task StartAsync(HeldLoop held, CancellationToken cancel)
    {
        var setup = await mailboxes.FindAsync(held.MailboxId, cancel);
        var status = new LoopStatus(held.MailboxId, setup?.Address ?? $"mailbox {held.MailboxId}", clock, _changed.Signal);
        var (wake, stop) = (new LoopWake(), new CancellationTokenSource());
        _running[held.MailboxId] = new RunningLoop(status, wake, held.Version, stop, Task.Run(() => mailboxLoop.RunAsync(status, wake, stop.Token), CancellationToken.None));
    }

    private static async Task EndAsync(RunningLoop running)
    {
        await running.Stop.CancelAsync();
        await running.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        running.Stop.Dispose();
    }

    private async Task EndAllAsync()
    {
        await Task.WhenAll(_running.Values.Select(EndAsync));
        foreach (var id in _running.Keys)
        {
            try
            {
                await loops.ReleaseAsync(_owner, id, CancellationToken.None);
            }
            catch (NpgsqlException failure)
            {
                IntakeLog.LeasesFailed(log, failure.Message, 0); // the lease runs out by itself
            }
        }
    }

    /// <summary>Until it is time, a loop has something to tell, a mailbox was saved, given back or asked for something.</summary>
    private async Task WaitAsync(TimeSpan time, WakeUps.Subscription settings, WakeUps.Subscription requests, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(time, clock, done.Token), settings.Payloads.WaitToReadAsync(done.Token).AsTask(), requests.Payloads.WaitToReadAsync(done.Token).AsTask(), _changed.StopAsync(done));
        await done.CancelAsync();
        while (settings.Payloads.TryRead(out _)) continue;
        while (requests.Payloads.TryRead(out var payload))
        {
            foreach (var (id, running) in _running)
                if (payload.Length == 0 || payload == id.ToString(CultureInfo.InvariantCulture)) running.Wake.Signal();
        }
    }

    private void Publish()
    {
        EmailOpsTelemetry.Gauge("emailops.intake.gap", "{message}", "Mails on the server without a line in the ledger, at the last comparison",
            () => _shown.SelectMany(s => s.Gaps.Select(g => new Measurement<long>(g.Value, new("mailbox", s.Address), new("folder", g.Key)))));
        EmailOpsTelemetry.Gauge("emailops.intake.heard", "s", "Seconds since a mailbox's server last said anything, as of the last beat",
            () => _shown.Select(s => (s.Address, s.HeardBefore)).Where(s => s.HeardBefore is not null).Select(s => new Measurement<long>((long)s.HeardBefore!.Value.TotalSeconds, new KeyValuePair<string, object?>("mailbox", s.Address))));
        EmailOpsTelemetry.Gauge("emailops.intake.failures", "{failure}", "Failures in a row of reading a mailbox",
            () => _shown.Select(s => new Measurement<long>(s.Failures, new KeyValuePair<string, object?>("mailbox", s.Address))));
    }
}
