using System.CommandLine;
using System.Diagnostics;

namespace EmailOps.Benchmarks.Fuzz;

/// <summary><c>fuzz --data FOLDER --seconds N --seed S</c>: damaged mail through everything that reads mail; what throws, lasts or eats memory is kept.</summary>
internal static class FuzzCommand
{
    private const double MaxSeconds = 2;
    private const long MaxBytes = 300L * 1024 * 1024;
    private const int DoubledEvery = 200;

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "A folder with .eml files in it.", Required = true };
        data.AcceptExistingOnly();
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var seed = new Option<int>("--seed") { Description = "The same seed damages the same way.", DefaultValueFactory = _ => 1 };
        var command = new Command("fuzz", "Damaged mail through everything that reads mail: no exception, no message over 2 s or 300 MB, time in proportion to length.") { data, seconds, seed };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed.GetRequiredValue(data).FullName, parsed.GetValue(seconds), parsed.GetValue(seed), cancel)));
        return command;
    }

    private static int Run(string data, int seconds, int seed, CancellationToken cancel)
    {
        var corpus = Directory.EnumerateFiles(data, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        if (corpus.Length == 0)
        {
            Console.Error.WriteLine($"No .eml file below {data}.");
            return 1;
        }
        var mutator = new Mutator(seed);
        var clock = Stopwatch.StartNew();
        var (count, findings, slowest, largest) = (0, 0, 0.0, 0L);
        for (; clock.Elapsed.TotalSeconds < seconds && !cancel.IsCancellationRequested; count++)
        {
            var mail = mutator.Next(corpus);
            var problem = Read(mail, out var lasted, out var allocated);
            (slowest, largest) = (Math.Max(slowest, lasted), Math.Max(largest, allocated));
            problem ??= count % DoubledEvery == 0 ? Doubled(mail) : null;
            if (problem is null)
                continue;
            findings++;
            var kept = Path.Combine(Path.GetTempPath(), $"emailops-fuzz-{seed}-{count}.eml");
            File.WriteAllBytes(kept, mail);
            Console.WriteLine($"{kept}: {problem}");
        }
        Console.WriteLine($"{count:N0} damaged messages in {clock.Elapsed.TotalSeconds:0} s, seed {seed}: {findings} findings; slowest {slowest * 1000:0} ms, most memory {largest / 1024.0 / 1024:0.0} MB");
        return findings == 0 ? 0 : 1;
    }

    private static string? Read(byte[] mail, out double seconds, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        string? problem = null;
        try
        {
            _ = Reading.All(mail);
        }
        catch (Exception thrown)
        {
            // Any exception at all is what is looked for; the mail is kept and the run fails.
            problem = thrown.ToString();
        }
        seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return problem ?? (seconds > MaxSeconds ? $"{seconds:0.0} s" : allocated > MaxBytes ? $"{allocated / 1024 / 1024} MB" : null);
    }

    /// <summary>Twice the mail may take about twice the time: medians of three, with room for a busy machine, and only where there is something to measure.</summary>
    private static string? Doubled(byte[] mail)
    {
        var (once, twice) = (Median(mail), Median([.. mail, .. mail]));
        return once > 0.02 && twice > once * 6 ? $"{once * 1000:0} ms, and {twice * 1000:0} ms for twice the length" : null;
    }

    private static double Median(byte[] mail)
    {
        var times = new double[3];
        for (var i = 0; i < times.Length; i++)
            _ = Read(mail, out times[i], out _);
        Array.Sort(times);
        return times[1];
    }
}
