using System.Diagnostics;
using System.Globalization;

namespace EmailOps.Core.Telemetry;

/// <summary>How busy the machine is. Where the process may use only a share of it (a container), how much of that share it uses.</summary>
/// <remarks>Reads <c>/proc</c> on Linux; elsewhere, and in a limited container, the process stands for the machine. One caller at a time.</remarks>
internal sealed class MachineLoad(TimeProvider clock)
{
    private (long Busy, long All)? _ticks;
    private (TimeSpan Used, long At)? _process;

    /// <summary>Processor since the last call, or since the start, and memory now, both in per cent.</summary>
    public (double Cpu, double Memory) Read()
    {
        using var process = Process.GetCurrentProcess();
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var machine = MemoryOfMachine();
        var isLimited = machine is null || limit < machine.Value.Total * 0.95;
        var own = OwnCpu(process);
        var cpu = isLimited ? own : CpuOfMachine() ?? own;
        var memory = isLimited ? 100.0 * process.WorkingSet64 / limit : 100.0 * (machine!.Value.Total - machine.Value.Available) / machine.Value.Total;
        return (Math.Clamp(cpu, 0, 100), Math.Clamp(memory, 0, 100));
    }

    private double OwnCpu(Process process)
    {
        var (used, at) = (process.TotalProcessorTime, clock.GetTimestamp());
        var before = _process;
        _process = (used, at);
        var (work, time) = before is { } b ? (used - b.Used, clock.GetElapsedTime(b.At, at)) : (used, clock.GetUtcNow() - process.StartTime.ToUniversalTime());
        return time <= TimeSpan.Zero ? 0 : 100 * work.TotalSeconds / time.TotalSeconds / Environment.ProcessorCount;
    }

    private double? CpuOfMachine()
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice
        if (FirstLine("/proc/stat") is not { } line || !line.StartsWith("cpu ", StringComparison.Ordinal)) return null;
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(t => long.TryParse(t, CultureInfo.InvariantCulture, out var n) ? n : 0).ToArray();
        if (ticks.Length < 5) return null;
        var (all, idle) = (ticks.Sum(), ticks[3] + ticks[4]);
        var before = _ticks ?? (0, 0);
        _ticks = (all - idle, all);
        return all == before.All ? 0 : 100.0 * (all - idle - before.Busy) / (all - before.All);
    }

    private static (long Total, long Available)? MemoryOfMachine()
    {
        if (!File.Exists("/proc/meminfo")) return null;
        long? total = null, available = null;
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)) total = Kilobytes(line);
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)) available = Kilobytes(line);
            if (total is not null && available is not null) return (total.Value, available.Value);
        }
        return null;
    }

    private static long? Kilobytes(string line) => long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kb) ? kb * 1024 : null;

    private static string? FirstLine(string path)
    {
        if (!File.Exists(path)) return null;
        using var reader = File.OpenText(path);
        return reader.ReadLine();
    }
}
