using System.Globalization;
using Npgsql;

namespace EmailOps.Benchmarks.Throughput;

/// <summary>What a PostgreSQL server has spent so far. Differences of two are what a run cost.</summary>
/// <param name="ProcessorSeconds">Of the server and all its processes, ended ones included; 0 when it runs elsewhere.</param>
/// <param name="WalBytes">Position in the write-ahead log.</param>
internal readonly record struct PostgresCost(double ProcessorSeconds, long WalBytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, proc(5)

    public static async Task<PostgresCost> NowAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("select pg_backend_pid(), (pg_current_wal_insert_lsn() - '0/0')::bigint");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new PostgresCost(Seconds(reader.GetInt32(0)), reader.GetInt64(1));
    }

    public static PostgresCost operator -(PostgresCost later, PostgresCost earlier) => new(later.ProcessorSeconds - earlier.ProcessorSeconds, later.WalBytes - earlier.WalBytes);

    /// <summary>Processor seconds of one process, without its children; 0 when it is gone.</summary>
    public static double OfProcess(int process) => Stat(process) is { } stat ? (stat.Own) / TicksPerSecond : 0;

    private static double Seconds(int backend)
    {
        if (Stat(backend) is not { } own || Stat(own.Parent) is not { } server) return 0;
        var ticks = server.Own + server.Reaped;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && Stat(process) is { } stat && stat.Parent == own.Parent) ticks += stat.Own;
        return ticks / TicksPerSecond;
    }

    private static (int Parent, long Own, long Reaped)? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            // The name stands in brackets and may hold anything; fields are counted from behind it (proc(5): 4 ppid, 14-17 times).
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            long At(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
            return ((int)At(4), At(14) + At(15), At(16) + At(17));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
