using EmailOps.Core.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using System.Diagnostics;

namespace EmailOps.Core.Data.Analytics;

/// <summary>Leaves a sample of this process once a minute. A minute without one is a minute in which it did not work, or could not reach the store.</summary>
/// <param name="role">One of those that <see cref="SystemSamples"/> names.</param>
internal sealed class SystemSampler(string role, SystemSamples samples, RequestTally requests, IConfiguration configuration, TimeProvider clock, ILogger<SystemSampler> log) : BackgroundService
{
    /// <summary>Past the full minute, so that two processes' clocks name the same one.</summary>
    private static readonly TimeSpan s_past = TimeSpan.FromSeconds(1);
    private readonly MachineLoad _load = new(clock);
    private int _hour = -1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TakeAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
            {
                AnalyticsLog.SampleFailed(log, failure.Message);
            }
            var now = clock.GetUtcNow();
            await Task.Delay(Minute(now).AddMinutes(1) + s_past - now, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        using var process = Process.GetCurrentProcess();
        var (cpu, memory) = _load.Read();
        var disk = Disk();
        var (asked, failed, seconds) = requests.Take();
        // One role is enough to know how large the database is.
        var measure = role == SystemSamples.Worker && _hour != now.Hour;
        await samples.AddAsync(new SystemSample(Minute(now), $"{role}:{Environment.MachineName}:{Environment.ProcessId}", role, process.StartTime.ToUniversalTime(), cpu, memory, process.WorkingSet64,
            disk is null ? null : disk.TotalSize - disk.AvailableFreeSpace, disk?.TotalSize, asked, failed, seconds), measure, cancel);
        if (measure) _hour = now.Hour;
    }

    /// <summary>The disk with the state folder, which in an installation of one machine holds the database; null where it cannot be told.</summary>
    private DriveInfo? Disk()
    {
        var folder = configuration["Secrets:Folder"] ?? AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
        try
        {
            return folder is null ? null : new DriveInfo(folder) is { IsReady: true, TotalSize: > 0 } drive ? drive : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            AnalyticsLog.DiskUnknown(log, failure.Message);
            return null;
        }
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
