using System.Globalization;

namespace EmailOps.Cli.Profiling;

/// <summary>A thread and what it used of a processor.</summary>
/// <param name="Share">Of one processor, 0-1.</param>
internal sealed record ThreadShare(int Id, string Name, double Share);

/// <summary>What the system says of a process's memory, in bytes.</summary>
/// <param name="Peak">The most it ever had resident.</param>
internal sealed record MemoryFacts(long Resident, long Peak, long Swapped, long Virtual, int Threads, int OpenFiles);

/// <summary>Reads /proc, so Linux only.</summary>
internal static class ProcessFacts
{
    /// <summary>USER_HZ, in which the kernel tells times to programs: 100 on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <returns>Null when it is gone.</returns>
    public static MemoryFacts? Memory(int process)
    {
        var folder = Folder(process);
        if (!File.Exists(Path.Combine(folder, "status"))) return null;
        var lines = File.ReadLines(Path.Combine(folder, "status")).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim());
        return new MemoryFacts(Bytes("VmRSS"), Bytes("VmHWM"), Bytes("VmSwap"), Bytes("VmSize"), int.Parse(lines.GetValueOrDefault("Threads", "0"), CultureInfo.InvariantCulture), OpenFiles(folder));

        long Bytes(string name) => lines.TryGetValue(name, out var text) ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) * 1024 : 0;
    }

    /// <summary>Processor time of each thread so far, in seconds.</summary>
    public static Dictionary<int, (string Name, double Seconds)> Threads(int process)
    {
        var threads = new Dictionary<int, (string, double)>();
        var tasks = Path.Combine(Folder(process), "task");
        if (!Directory.Exists(tasks)) return threads;
        foreach (var task in Directory.EnumerateDirectories(tasks))
        {
            try
            {
                // 1234 (.NET TP Worker) S 1 ... utime and stime are the 14th and 15th; a name may hold blanks and parentheses.
                var text = File.ReadAllText(Path.Combine(task, "stat"));
                var (open, close) = (text.IndexOf('('), text.LastIndexOf(')'));
                var fields = text[(close + 2)..].Split(' ');
                threads[int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture)] = (text[(open + 1)..close], (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
            }
            catch (IOException)
            {
                continue; // it ended while we looked
            }
        }
        return threads;
    }

    /// <summary>Those that worked between two looks, the busiest first.</summary>
    public static List<ThreadShare> Between(Dictionary<int, (string Name, double Seconds)> before, Dictionary<int, (string Name, double Seconds)> after, double seconds)
        => [.. after.Select(t => new ThreadShare(t.Key, t.Value.Name, Math.Round((t.Value.Seconds - (before.TryGetValue(t.Key, out var was) ? was.Seconds : 0)) / Math.Max(seconds, 0.001), 4))).Where(t => t.Share > 0).OrderByDescending(t => t.Share)];

    private static int OpenFiles(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).Count();
        }
        catch (UnauthorizedAccessException)
        {
            return -1; // another user's
        }
    }

    private static string Folder(int process) => $"/proc/{process.ToString(CultureInfo.InvariantCulture)}";
}
