using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Analytics;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Analytics;

/// <summary>Counts hours that are over, one worker for all, forgets what is too old, and publishes the figures of the last day as every worker's metrics.</summary>
internal sealed class AnalyticsWatch(HourCounter counter, PerformanceStore performance, SystemSamples samples, PostShelf posts, TimeProvider clock, ILogger<AnalyticsWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(5), s_afterFailure = TimeSpan.FromSeconds(30), s_day = TimeSpan.FromDays(1);
    private volatile PerformanceMetrics? _day;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nothing to measure by is no figure: a zero would say that everything is wrong.
        EmailOpsTelemetry.Gauge("emailops.analytics.automation", "1", "Messages of the last day decided without a person", () => One(_day?.AutomationRate));
        EmailOpsTelemetry.Gauge("emailops.analytics.satisfaction", "1", "Answers of the last day that could leave as they stood and that nobody contradicted", () => One(_day?.SatisfactionScore));
        var forgotten = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_every;
            try
            {
                await counter.RunAsync(stoppingToken, mostSteps: 400);
                _day = (await performance.ReportAsync("day", s_day, TimeSpan.FromHours(1), null, stoppingToken)).Metrics;
                if (clock.GetUtcNow() - forgotten >= s_day)
                {
                    await counter.ForgetAsync(stoppingToken);
                    await samples.ForgetAsync(stoppingToken);
                    await posts.ForgetOldAsync(stoppingToken);
                    forgotten = clock.GetUtcNow();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, the worker goes on: figures are the least of its work.
                if (StoreFailures.IsUnreachable(failure)) AnalyticsLog.StoreFailed(log, failure.Message);
                else AnalyticsLog.CountingFailed(log, failure);
                pause = s_afterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IEnumerable<Measurement<double>> One(double? value) => value is { } known ? [new Measurement<double>(known)] : [];
}
