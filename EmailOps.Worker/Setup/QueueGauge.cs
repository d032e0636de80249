using System.Diagnostics.Metrics;
using EmailOps.Core.Data;
using EmailOps.Core.Telemetry;
using Npgsql;

namespace EmailOps.Worker.Setup;

/// <summary>Keeps the queue figures that metrics show, so that a scrape never waits for the store.</summary>
internal sealed class QueueGauge(ProcessFigures figures, TimeProvider clock, ILogger<QueueGauge> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private volatile Core.Contracts.ProcessStatus? _latest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EmailOpsTelemetry.Gauge("emailops.queue.size", "{item}", "Work items waiting or under way, by stage",
            () => _latest?.Stages.Select(s => new Measurement<long>(s.Ready + s.Leased + s.Waiting, new KeyValuePair<string, object?>("stage", s.Stage))) ?? []);
        // Without what waits for its time: it is what more workers would make shorter, and the figure they are scaled by (deploy/k8s).
        EmailOpsTelemetry.Gauge("email.queue.size", "{item}", "Work items ready or under way, of all stages",
            () => _latest is { } status ? [new Measurement<long>(status.Stages.Sum(s => s.Ready + s.Leased))] : []);
        EmailOpsTelemetry.Gauge("emailops.queue.dead_letters", "{item}", "Work items that ran out of attempts",
            () => _latest is { } status ? [new Measurement<long>(status.DeadLetters)] : []);
        EmailOpsTelemetry.Gauge("emailops.success.rate", "1", "Share of the last 24 hours' messages that did not run out of attempts", () => Known(_latest?.ProcessingStats.SuccessRate));
        EmailOpsTelemetry.Gauge("emailops.message.cost", "", "What language models cost for each message of the last 24 hours, in the currency of the prices", () => Known(_latest?.ProcessingStats.CostPerEmail));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _latest = await figures.StatusAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                SetupLog.FiguresFailed(log, failure.Message);
            }
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IEnumerable<Measurement<double>> Known(double? figure) => figure is { } known ? [new Measurement<double>(known)] : [];
}
