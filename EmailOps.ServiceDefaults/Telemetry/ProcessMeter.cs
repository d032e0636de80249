using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>What this process takes of the machine, and what is left of it: processor, memory, disk. One for all hosts of a process.</summary>
internal static class ProcessMeter
{
    /// <summary>Readings closer together than this are the same one: several ask, and a share of a moment is noise.</summary>
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);
    private static readonly Meter s_meter = new($"{TelemetryNames.Ours}.Process");
    private static readonly Lock s_lock = new();
    private static readonly HashSet<string> s_folders = [];
    private static long s_readAt = Stopwatch.GetTimestamp();
    private static TimeSpan s_used = Environment.CpuUsage.TotalTime;
    private static double s_share;
    private static bool s_isMeasured;

    /// <summary>From now on this process is measured, and the disk of this folder.</summary>
    public static void Watch(string? folder)
    {
        lock (s_lock)
        {
            if (folder is not null) s_folders.Add(folder);
            if (s_isMeasured) return;
            s_isMeasured = true;
        }
        CreateGauge("emailops.process.cpu", "1", "Share of all processors this process used since the last reading, 0-1", Share);
        CreateGauge("emailops.process.memory", "By", "Memory this process holds (resident)", () => Environment.WorkingSet);
        CreateGauge("emailops.process.memory.limit", "By", "Memory this process may hold: its container's limit, or the machine's", () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        CreateGauge("emailops.disk.free", "By", "Room left on the disk of a folder we write to", () => Disks(disk => disk.AvailableFreeSpace));
        CreateGauge("emailops.disk.size", "By", "Size of that disk", () => Disks(disk => disk.TotalSize));
    }

    private static void CreateGauge(string name, string unit, string description, Func<double> read) => s_meter.CreateObservableGauge(name, read, unit, description);

    private static void CreateGauge(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) => s_meter.CreateObservableGauge(name, read, unit, description);

    private static double Share()
    {
        lock (s_lock)
        {
            var passed = Stopwatch.GetElapsedTime(s_readAt);
            if (passed < s_least) return s_share;
            var used = Environment.CpuUsage.TotalTime;
            s_share = Math.Clamp((used - s_used) / passed / Environment.ProcessorCount, 0, 1);
            (s_readAt, s_used) = (Stopwatch.GetTimestamp(), used);
            return s_share;
        }
    }

    private static List<Measurement<long>> Disks(Func<DriveInfo, long> of)
    {
        string[] folders;
        lock (s_lock) folders = [.. s_folders];
        var found = new List<Measurement<long>>();
        foreach (var folder in folders)
        {
            try
            {
                found.Add(new Measurement<long>(of(new DriveInfo(Existing(folder))), new KeyValuePair<string, object?>("folder", folder)));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // A disk that cannot be asked has no figure; what it means shows where it is written to.
                Debug.WriteLine(failure.Message);
            }
        }
        return found;
    }

    /// <summary>The folder may be made later; its disk is that of what is there.</summary>
    private static string Existing(string folder)
    {
        var at = Path.GetFullPath(folder);
        while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } above) at = above;
        return at;
    }
}
