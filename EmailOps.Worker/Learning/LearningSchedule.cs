using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Telemetry;

namespace EmailOps.Worker.Learning;

/// <summary>Does the chores of learning on time, one worker for all, and publishes drift as every worker's metric.</summary>
internal sealed class LearningSchedule(LearningChores chores, DriftStore drift, LearningOptions options, TimeProvider clock, ILogger<LearningSchedule> log) : BackgroundService
{
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(30);
    private volatile List<(string Address, DriftView Drift)> _drift = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nothing to compare is no figure: a zero would say that nothing has changed.
        EmailOpsTelemetry.Gauge("emailops.drift.index", "1", "Population stability index of the last week's mail against the four weeks before; from 0.25 on a shift is significant",
            () => _drift.Where(HasFigures).SelectMany(d => d.Drift.Features.Select(f => new Measurement<double>(f.Index, new("mailbox", d.Address), new("feature", f.Name)))));
        EmailOpsTelemetry.Gauge("emailops.drift.share", "1", "Share of messages out of scope, and of categories that people corrected, in the last week",
            () => _drift.Where(HasFigures).SelectMany(d => (Measurement<double>[])[Share(d, "out-of-scope", d.Drift.OutOfScope), Share(d, "corrected", d.Drift.Corrected)]));
        EmailOpsTelemetry.Gauge("emailops.drift.warnings", "{warning}", "Signs that a mailbox's mail is no longer what its model learned from",
            () => _drift.Select(d => new Measurement<long>(d.Drift.Warnings.Count, new KeyValuePair<string, object?>("mailbox", d.Address))));
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.CountEvery;
            try
            {
                await chores.RunAsync(stoppingToken);
                _drift = await drift.LatestAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, the schedule goes on: it must not take the worker with it.
                if (StoreFailures.IsUnreachable(failure)) LearningLog.StoreFailed(log, failure.Message);
                else LearningLog.ChoresFailed(log, failure);
                pause = s_afterFailure;
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool HasFigures((string Address, DriftView Drift) of) => of.Drift is { Current: > 0, Reference: > 0 };

    private static Measurement<double> Share((string Address, DriftView Drift) of, string what, DriftRate rate) => new(rate.Current, new("mailbox", of.Address), new("kind", what));
}
