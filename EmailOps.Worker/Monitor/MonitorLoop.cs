using System.Diagnostics.Metrics;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Monitor;

/// <summary>The built-in monitor: one worker at a time looks, stores what is wrong and has it told. No Prometheus is needed for it.</summary>
internal sealed class MonitorLoop(AlertStore store, Figures figures, AlertTeller teller, StoreOutage outage, WorkerIdentity identity, AlertsOptions options, TimeProvider clock, ILogger<MonitorLoop> log) : BackgroundService
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);
    private readonly IReadOnlyList<AlertRule> _rules = options.InForce();
    private volatile Tuple<DateTimeOffset, DateTimeOffset?, long>? _turn;
    private volatile Dictionary<AlertSeverity, int>? _firing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled) return;
        await Task.Yield();
        EmailOpsTelemetry.Gauge("emailops.monitor.age", "s", "Seconds since the built-in monitor last came to its end, whichever worker looked", () => _turn is { Item2: { } looked } turn
            ? [new Measurement<double>((turn.Item1 - looked + clock.GetElapsedTime(turn.Item3)).TotalSeconds)] : []);
        EmailOpsTelemetry.Gauge("emailops.alerts.firing", "{alert}", "Alerts that fire, by severity; of the worker that looks", () => _firing?.Select(f => new Measurement<long>(f.Value, new KeyValuePair<string, object?>("severity", f.Key.ToString().ToLowerInvariant()))) ?? []);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await outage.BackAsync(stoppingToken);
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                MonitorLog.StoreAway(log, failure.Message);
                await outage.AwayAsync(failure.Message, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the monitor looks again: its age tells when it never comes to an end.
                MonitorLog.LookFailed(log, failure);
            }
            await Task.Delay(options.Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await LeaveAsync();
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        var turn = await store.TakeTurnAsync(identity.Id, cancel);
        _turn = Tuple.Create(turn.Now, turn.LookedAt, clock.GetTimestamp());
        if (!turn.IsOurs)
        {
            _firing = null;
            return;
        }
        var look = await figures.LookAsync(turn.Now, cancel);
        var open = await store.OpenAsync(cancel);
        var changes = AlertStep.Of(open, Judgement.Of(look, _rules), Judgement.Unknown(look, _rules), turn.Now, turn.LookedAt);
        if (!await store.SaveAsync(identity.Id, changes, turn.Now, look.Problems.Count == 0 ? null : $"It cannot look at: {string.Join(", ", look.Problems.Keys)}.", cancel)) return;
        Say(changes);
        _firing = Enum.GetValues<AlertSeverity>().ToDictionary(s => s, s => changes.GoOn.Count(g => g.Open.State == AlertState.Firing && g.Held.Severity == s) + changes.Fire.Count(f => f.Held.Severity == s) + changes.Begin.Count(b => b.For == TimeSpan.Zero && b.Severity == s));
        await teller.TellAsync(turn.Now, cancel);
    }

    private void Say(AlertChanges changes)
    {
        foreach (var held in changes.Fire.Select(f => f.Held).Concat(changes.Begin.Where(b => b.For == TimeSpan.Zero)).Where(h => h.Severity != AlertSeverity.Info))
        {
            if (held.Severity == AlertSeverity.Critical) MonitorLog.Critical(log, held.Name, held.Message);
            else MonitorLog.Warning(log, held.Name, held.Message);
        }
        foreach (var over in changes.Resolve) MonitorLog.Over(log, over.Name, over.Subject);
    }

    private async Task LeaveAsync()
    {
        try
        {
            using var enough = new CancellationTokenSource(s_goodbye, clock);
            await store.GiveBackAsync(identity.Id, enough.Token);
        }
        catch (Exception failure) when (StoreFailures.IsUnreachable(failure) || failure is OperationCanceledException)
        {
            MonitorLog.StoreAway(log, failure.Message); // the turn runs out by itself
        }
    }
}
