using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Data.Schedules;
using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Worker.Monitor;

/// <param name="Subject">What it was measured of; empty: the installation.</param>
internal sealed record Measured(AlertFigure Figure, string Subject, double Value);

/// <summary>Figures of one look. What could not be measured is named, so that nobody takes silence for health.</summary>
internal sealed record Look(IReadOnlyList<Measured> Measured, IReadOnlySet<AlertFigure> Unknown, IReadOnlyDictionary<string, string> Problems, IReadOnlyList<AlertFinding> Findings);

/// <summary>Measures, by itself, all that rules look at: from the store, and from what processes say of themselves.</summary>
internal sealed class Figures(ProcessFigures process, BusinessFigures business, ReadingStore readings, DriftStore drifts, ScheduleDesk schedule, IBreakerStore breakers, Caches caches, VitalStore vitals, IEnumerable<IAlertSource> sources, TimeProvider clock, ILogger<Figures> log)
{
    /// <summary>For one part of a look: a slow one must not keep the others from being looked at.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly VitalWindow _window = new();

    public async Task<Look> LookAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var look = new Gathered();
        await PartAsync("queue", [AlertFigure.QueueSize, AlertFigure.SuccessRate, AlertFigure.DeadLetters], async stop =>
        {
            var status = await process.StatusAsync(stop);
            look.Add(AlertFigure.QueueSize, "", status.Stages.Sum(s => s.Ready + s.Leased)); // as email_queue_size: without what waits for its time
            look.Add(AlertFigure.DeadLetters, "", status.DeadLetters);
            if (status.ProcessingStats.SuccessRate is { } rate) look.Add(AlertFigure.SuccessRate, "", rate);
        });
        await PartAsync("database", [AlertFigure.DatabaseBackends, AlertFigure.Accuracy], async stop =>
        {
            look.Add(AlertFigure.DatabaseBackends, "", (await business.ServerAsync(stop)).Backends);
            foreach (var mailbox in await business.MailboxesAsync(stop))
                if (mailbox.Accuracy is { } accuracy) look.Add(AlertFigure.Accuracy, mailbox.Mailbox, accuracy);
        });
        await PartAsync("mailboxes", [AlertFigure.ProviderFailures, AlertFigure.IntakeGap], async stop =>
        {
            foreach (var reading in await readings.AllAsync(stop))
            {
                look.Add(AlertFigure.ProviderFailures, reading.Address, reading.Reading.SilentTooLong ? Math.Max(1, reading.Reading.Failures) : reading.Reading.Failures);
                foreach (var folder in reading.Reading.Folders) look.Add(AlertFigure.IntakeGap, $"{reading.Address} {folder.Name}", folder.Gap);
            }
        });
        await PartAsync("models", [AlertFigure.ModelBreaker, AlertFigure.Redis], async stop =>
        {
            foreach (var breaker in await breakers.AllAsync(stop)) look.Add(AlertFigure.ModelBreaker, breaker.Provider, breaker.State switch { BreakerState.Open => 2, BreakerState.HalfOpen => 1, _ => 0 });
            if (caches.RedisHealth() is { } redis) look.Add(AlertFigure.Redis, "", redis.Status == IntakeHealth.Healthy ? 1 : 0);
        });
        await PartAsync("drift", [AlertFigure.Drift], async stop =>
        {
            foreach (var (address, drift) in await drifts.LatestAsync(stop))
                if (drift is { Current: > 0, Reference: > 0 })
                    foreach (var feature in drift.Features) look.Add(AlertFigure.Drift, $"{address} {feature.Name}", feature.Index);
        });
        await PartAsync("schedule", [AlertFigure.MissedJobs, AlertFigure.FailingJobs], async stop =>
        {
            foreach (var job in await schedule.ListAsync(stop))
            {
                look.Add(AlertFigure.MissedJobs, job.Name, job.MissedLastDay);
                look.Add(AlertFigure.FailingJobs, job.Name, job.FailuresInARow);
            }
        });
        await PartAsync("processes", [AlertFigure.Up, AlertFigure.Health, AlertFigure.DatabaseHealth, AlertFigure.Memory, AlertFigure.MemoryShare, AlertFigure.Processor, AlertFigure.DiskShare,
            AlertFigure.RequestErrors, AlertFigure.RequestTime, AlertFigure.ProcessingErrors, AlertFigure.ProcessingTime, AlertFigure.ErrorLines], async stop => Processes(look, await vitals.AllAsync(stop), now));
        foreach (var source in sources)
            await PartAsync(source.GetType().Name, [], async stop => look.Found.AddRange(await source.FindAsync(stop)));
        return look.Done();

        async Task PartAsync(string name, AlertFigure[] figures, Func<CancellationToken, Task> read)
        {
            using var enough = new CancellationTokenSource(s_patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, enough.Token);
            try
            {
                await read(either.Token);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested && !(StoreFailures.IsUnreachable(failure) && !enough.IsCancellationRequested))
            {
                // The rest of the look goes on: what could not be measured is told as such.
                MonitorLog.PartFailed(log, name, failure);
                look.Problems[name] = failure is OperationCanceledException ? $"It took longer than {s_patience.TotalSeconds:0} s." : failure.Message;
                look.Unknown.UnionWith(figures);
            }
        }
    }

    private void Processes(Gathered look, List<ProcessVital> all, DateTimeOffset now)
    {
        foreach (var role in all.GroupBy(v => v.Role)) look.Add(AlertFigure.Up, role.Key, role.Any(v => v.IsAlive) ? 1 : 0);
        var alive = all.Where(v => v.IsAlive).ToList();
        foreach (var vital in alive.DistinctBy(v => v.Id))
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{vital.Role} on {vital.Host} (process {vital.ProcessId})");
            look.Add(AlertFigure.Processor, name, vital.Sample.Processor);
            look.Add(AlertFigure.Memory, name, vital.Sample.Memory);
            if (vital.Sample.MemoryLimit > 0) look.Add(AlertFigure.MemoryShare, name, (double)vital.Sample.Memory / vital.Sample.MemoryLimit);
            foreach (var (folder, used) in vital.Sample.Disks) look.Add(AlertFigure.DiskShare, $"{folder} on {vital.Host}", used);
        }
        // Several processes may run a check of one name: the worst counts.
        foreach (var check in alive.DistinctBy(v => v.Id).SelectMany(v => v.Sample.Health).GroupBy(h => h.Key))
            look.Add(check.Key.EndsWith(" database", StringComparison.Ordinal) ? AlertFigure.DatabaseHealth : AlertFigure.Health, check.Key, check.Min(c => c.Value));
        _window.Add(alive, now);
        if (_window.Read() is not { } done)
        {
            look.Unknown.UnionWith([AlertFigure.RequestErrors, AlertFigure.RequestTime, AlertFigure.ProcessingErrors, AlertFigure.ProcessingTime, AlertFigure.ErrorLines]);
            return;
        }
        look.Add(AlertFigure.RequestErrors, "", done.RequestErrors);
        look.Add(AlertFigure.RequestTime, "", done.RequestTime);
        look.Add(AlertFigure.ProcessingErrors, "", done.ProcessingErrors);
        look.Add(AlertFigure.ProcessingTime, "", done.ProcessingTime);
        look.Add(AlertFigure.ErrorLines, "", done.ErrorLines);
    }

    private sealed class Gathered
    {
        private readonly List<Measured> _measured = [];
        public HashSet<AlertFigure> Unknown { get; } = [];
        public Dictionary<string, string> Problems { get; } = [];
        public List<AlertFinding> Found { get; } = [];

        /// <summary>NaN is no figure: nothing happened that it could be told from.</summary>
        public void Add(AlertFigure figure, string subject, double value)
        {
            if (!double.IsNaN(value)) _measured.Add(new Measured(figure, subject, value));
        }

        public Look Done() => new(_measured, Unknown, Problems, Found);
    }
}
