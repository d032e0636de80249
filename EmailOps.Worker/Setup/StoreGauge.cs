using System.Diagnostics.Metrics;
using EmailOps.Core.Data;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Setup;

/// <summary>Keeps the figures of the database and of the work that metrics show. Every worker shows the same: dashboards take the largest.</summary>
internal sealed class StoreGauge(BusinessFigures figures, TimeProvider clock, ILogger<StoreGauge> log) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(10);
    /// <summary>What moves in days need not be counted more often.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromMinutes(1);
    private volatile ServerFigures? _server;
    private volatile List<MailboxFigures> _mailboxes = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EmailOpsTelemetry.Gauge("emailops.database.backends", "{connection}", "Connections to our database, whoever holds them", () => Of(s => s.Backends));
        EmailOpsTelemetry.Gauge("emailops.database.connections.max", "{connection}", "Connections that the database server allows", () => Of(s => s.MostConnections));
        EmailOpsTelemetry.Gauge("emailops.database.size", "By", "Size of our database", () => Of(s => s.Bytes));
        EmailOpsTelemetry.Gauge("emailops.classification.accuracy", "1", "Share of the messages people handled in the last week whose category they left as it was",
            () => Shares(m => m.Accuracy));
        EmailOpsTelemetry.Gauge("emailops.answer.satisfaction", "1", "Share of the last week's answers that nobody took back, changed or answered with a complaint", () => Shares(m => m.Satisfaction));
        long? slow = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _server = await figures.ServerAsync(stoppingToken);
                if (slow is not { } last || clock.GetElapsedTime(last) >= s_slow)
                {
                    _mailboxes = await figures.MailboxesAsync(stoppingToken);
                    slow = clock.GetTimestamp();
                }
            }
            catch (Exception failure) when (StoreFailures.Find(failure) is not null && !stoppingToken.IsCancellationRequested)
            {
                SetupLog.FiguresFailed(log, failure.Message);
            }
            await Task.Delay(s_every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<Measurement<long>> Of(Func<ServerFigures, long> figure) => _server is { } server ? [new Measurement<long>(figure(server))] : [];

    private IEnumerable<Measurement<double>> Shares(Func<MailboxFigures, double?> share)
        => _mailboxes.Where(m => share(m) is not null).Select(m => new Measurement<double>(share(m)!.Value, new KeyValuePair<string, object?>("mailbox", m.Mailbox)));
}
