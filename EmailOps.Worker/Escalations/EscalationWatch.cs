using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Escalations;

/// <summary>Looks what is due: reminders, next levels, escalations that were answered. All of it stands in rows, so any worker may do it and none must.</summary>
internal sealed class EscalationWatch(EscalationClock due, EscalationOptions options, TimeProvider clock, ILogger<EscalationWatch> log) : BackgroundService
{
    private volatile Figures? _latest;

    private sealed record Figures(EscalationCounts Counts, IReadOnlyDictionary<EscalationSeverity, long> Open);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EmailOpsTelemetry.Gauge("emailops.escalations.open", "{escalation}", "Escalations that are not settled, by severity",
            () => _latest?.Open.Select(o => new Measurement<long>(o.Value, new KeyValuePair<string, object?>("severity", o.Key.ToString().ToLowerInvariant()))) ?? []);
        EmailOpsTelemetry.Gauge("emailops.escalations.overdue", "{escalation}", "Escalations whose time has passed",
            () => _latest is { } latest ? [new Measurement<long>(latest.Counts.Overdue)] : []);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await due.RunAsync(stoppingToken) is > 0 and var moved) EscalationLog.Moved(log, moved);
                var (counts, open) = await due.CountAsync(stoppingToken);
                _latest = new Figures(counts, open);
            }
            catch (Exception failure) when (StoreFailures.IsUnreachable(failure) && !stoppingToken.IsCancellationRequested)
            {
                EscalationLog.WatchFailed(log, failure.Message);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the watch goes on: it must not take the worker with it.
                EscalationLog.WatchBroke(log, failure);
            }
            await Task.Delay(options.LookEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
