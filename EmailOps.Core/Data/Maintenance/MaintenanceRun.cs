using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Analytics;
using EmailOps.Core.Data.Backups;
using EmailOps.Core.Data.Checks;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Core.Data.Maintenance;

internal enum MaintenanceLevel { Daily, Weekly, Monthly }

/// <param name="IsOk">False: somebody should look.</param>
internal sealed record MaintenanceStep(string Name, bool IsOk, string Said, double Seconds);

internal sealed record MaintenanceReport(MaintenanceLevel Level, DateTimeOffset At, IReadOnlyList<MaintenanceStep> Steps)
{
    public bool IsOk => Steps.All(s => s.IsOk);
}

/// <summary>The regular care of an installation. Weekly does what daily does and more, monthly what weekly does. A step that fails is told, and the others go on.</summary>
internal sealed class MaintenanceRun(DatabaseCare care, Examination examination, BackupShelf shelf, BackupLedger ledger, BackupMaker maker, HourCounter hours, PatternStore patterns, Reports reports, PerformanceStore performance, ReportShelf kept, IConfiguration configuration, TimeProvider clock)
{
    private static readonly TimeSpan s_temporary = TimeSpan.FromDays(1), s_oldLog = TimeSpan.FromDays(30), s_oldBackup = TimeSpan.FromHours(36), s_oldProof = TimeSpan.FromDays(15);

    public async Task<MaintenanceReport> RunAsync(MaintenanceLevel level, string actor, Action<string> progress, CancellationToken cancel)
    {
        var steps = new List<MaintenanceStep>();
        async Task StepAsync(string name, Func<Task<(bool IsOk, string Said)>> run)
        {
            progress(name);
            var began = clock.GetTimestamp();
            (bool IsOk, string Said) result;
            try
            {
                result = await run();
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                // Whatever it is belongs into the report; the next step may still do good.
                result = (false, StoreFailures.Explain(failure) ?? $"{failure.GetType().Name}: {failure.Message}");
            }
            steps.Add(new MaintenanceStep(name, result.IsOk, result.Said, clock.GetElapsedTime(began).TotalSeconds));
        }

        await StepAsync("health", async () => Health(await examination.RunAsync(cancel)));
        await StepAsync("temporary files", () => Task.FromResult((true, Temporary())));
        await StepAsync("logs", () => Task.FromResult((true, Logs())));
        await StepAsync("figures", async () =>
        {
            await hours.RunAsync(cancel, mostSteps: 20);
            return (true, "Hours are counted up to now.");
        });
        await StepAsync("backups", async () => await BackupsAsync(cancel));
        if (level == MaintenanceLevel.Daily) await StepAsync("statistics", async () => (true, await care.VacuumAsync(all: false, analyzeOnly: true, progress, cancel)));
        else
        {
            await StepAsync("vacuum", async () => (true, await care.VacuumAsync(all: level == MaintenanceLevel.Monthly, analyzeOnly: false, progress, cancel)));
            await StepAsync("slow queries", async () => (true, await care.SlowAsync(cancel)));
            await StepAsync("locks", () => care.LocksAsync(cancel));
            await StepAsync("sizes", () => care.SizesAsync(cancel));
            await StepAsync("capacity", async () =>
            {
                var report = await reports.CapacityAsync(30, cancel);
                await kept.PutAsync(ReportShelf.Capacity, clock.GetUtcNow(), actor, report, cancel);
                return (report.Recommendations.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{report.Volume.DailyAverage:N0} messages a day. {string.Join(" ", report.Recommendations.Select(r => $"{r.Description} ({r.Priority}): {r.Action}."))}").TrimEnd());
            });
        }
        if (level == MaintenanceLevel.Monthly)
        {
            await StepAsync("month report", async () =>
            {
                var report = await performance.ReportAsync("month", TimeSpan.FromDays(30), TimeSpan.FromDays(1), null, cancel);
                await kept.PutAsync(ReportShelf.Performance, clock.GetUtcNow(), actor, report, cancel);
                return (true, string.Create(CultureInfo.InvariantCulture, $"{report.Metrics.TotalProcessed} messages decided, {report.Metrics.AutomationRate:P0} without a person."));
            });
            await StepAsync("patterns", async () =>
            {
                var found = await patterns.AnalyzeAsync(PatternStore.DefaultDays, actor, cancel);
                return (true, $"{found.Looked} messages: {found.Subjects.Count} recurring subjects, {found.Candidates.Count} article candidates.");
            });
            await StepAsync("backup", async () =>
            {
                var made = await maker.MakeAsync(new BackupAsk(actor), progress, cancel);
                return (true, string.Create(CultureInfo.InvariantCulture, $"{made.Backup.Manifest.File}: {made.Backup.Manifest.Rows:N0} rows."));
            });
        }
        return new MaintenanceReport(level, clock.GetUtcNow(), steps);
    }

    private static (bool IsOk, string Said) Health(CheckReport report)
    {
        var wrong = report.Checks.Where(c => c.State is CheckState.Failed or CheckState.Warning).OrderByDescending(c => c.State == CheckState.Failed).ToList();
        return wrong.Count == 0 ? (true, $"{report.Checks.Count} checks, all well.")
            : (wrong.TrueForAll(c => c.State == CheckState.Warning), $"{report.Checks.Count} checks. {string.Join(" ", wrong.Take(10).Select(c => $"{c.Area}, {c.Name}: {c.Detail}"))}");
    }

    private async Task<(bool IsOk, string Said)> BackupsAsync(CancellationToken cancel)
    {
        var known = await ledger.ListAsync(cancel);
        var now = clock.GetUtcNow();
        if (known is not [var newest, ..]) return (false, "There is no backup yet. emailops backup makes one; the job backup does every night.");
        var proof = known.Where(k => k.IsVerified == true).Max(k => k.VerifiedAt);
        var said = string.Create(CultureInfo.InvariantCulture, $"The newest is {newest.File} ({(now - newest.MadeAt).TotalHours:N0} hours old); {(proof is { } at ? $"last verified {(now - at).TotalDays:N0} days ago" : "none was verified yet")}.");
        return (now - newest.MadeAt < s_oldBackup && (proof is null ? now - known[^1].MadeAt < s_oldProof : now - proof < s_oldProof), said);
    }

    /// <summary>Only names that are ours, in folders that are ours: what an interrupted run left behind.</summary>
    private string Temporary()
    {
        var before = clock.GetUtcNow() - s_temporary;
        var state = configuration["Secrets:Folder"];
        List<(string? Folder, string Pattern)> places = [(Path.GetTempPath(), "emailops-*.zip"), (state is { Length: > 0 } ? Path.Combine(state, "models") : null, "learned-*.model"), (shelf.List() is [var one, ..] ? Path.GetDirectoryName(one.Path) : null, "emailops-*.partial")];
        return $"{places.Sum(p => DeleteOld(p.Folder, p.Pattern, before))} files older than a day deleted.";
    }

    private string Logs()
    {
        var log = configuration["Logging:File:Path"] is { Length: > 0 } set ? set : configuration["Secrets:Folder"] is { Length: > 0 } state ? Path.Combine(state, "logs", "app.log") : null;
        if (log is null || Path.GetDirectoryName(log) is not { } folder || !Directory.Exists(folder)) return "No log file is written here.";
        var name = Path.GetFileName(log);
        // The process that writes it deletes after seven days; this is for those of processes that are gone.
        var deleted = DeleteOld(folder, $"{name}.????-??-??", clock.GetUtcNow() - s_oldLog);
        return string.Create(CultureInfo.InvariantCulture, $"{Directory.EnumerateFiles(folder, $"{name}*").Sum(f => new FileInfo(f).Length) / 1e6:N1} MB in {folder}, {deleted} old files deleted.");
    }

    private static int DeleteOld(string? folder, string pattern, DateTimeOffset before)
    {
        if (folder is null || !Directory.Exists(folder)) return 0;
        var old = Directory.EnumerateFiles(folder, pattern).Where(f => File.GetLastWriteTimeUtc(f) < before.UtcDateTime).ToList();
        foreach (var file in old) File.Delete(file);
        return old.Count;
    }
}
