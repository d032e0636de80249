using System.Globalization;
using EmailOps.Core.Data;
using Npgsql;

namespace EmailOps.Cli.Load;

/// <summary>Durations in order, for quantiles.</summary>
internal sealed class Durations
{
    private readonly List<double> _seconds = [];

    public int Count => _seconds.Count;

    public void Add(double seconds)
    {
        lock (_seconds) _seconds.Add(seconds);
    }

    /// <returns>Seconds; null without any. The nearest rank: a value that really was measured.</returns>
    public double? Quantile(double share)
    {
        lock (_seconds)
        {
            if (_seconds.Count == 0) return null;
            double[] sorted = [.. _seconds.Order()];
            return Math.Round(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)], 4);
        }
    }
}

/// <summary>What a run looks like at one moment, and at its end.</summary>
/// <param name="Processed">Decided.</param>
/// <param name="ProcessingP50">Seconds from stored to decided, by the database's clock.</param>
/// <param name="SendingP50">Seconds that one mail took to be handed over.</param>
/// <param name="Memory">Resident bytes of EmailOps' processes on this machine, without PostgreSQL; null where none of them is here.</param>
internal sealed record LoadView(string Run, int Emails, int Concurrent, string Via, int Sent, int Failed, long Stored, long Processed, double Seconds, double PerSecond, double? ProcessingP50, double? ProcessingP95, double? ProcessingP99,
    double? SendingP50, double? SendingP95, long Queue, long PeakQueue, long? Memory, long? PeakMemory, string? Problem = null)
{
    public bool IsDone => Processed >= Emails - Failed && Sent + Failed >= Emails;
}

/// <summary>Asks the database how far the mails of a run are, each once.</summary>
internal sealed class LoadFigures(NpgsqlDataSource source, string run, long first)
{
    private readonly HashSet<long> _decided = [];

    public Durations Processing { get; } = new();
    public long Stored { get; private set; }
    public long Processed => _decided.Count;
    public long Queue { get; private set; }

    /// <summary>Processes of EmailOps on this machine.</summary>
    public IReadOnlyCollection<int> Processes { get; private set; } = [];

    public static async Task<long> NewestAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select coalesce(max(id), 0) from message", [], r => r.GetInt64(0), cancel)).Single();
    }

    public async Task LookAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var rows = await Sql.QueryAsync(connection, """
            select m.id, extract(epoch from d.decided_at - m.stored_at)::float8 from message m left join decision d on d.message_id = m.id
            where m.id > $1 and m.internet_message_id like $2 and m.id <> all($3)
            """, [first, $"{run}.%@{LoadMail.Domain}", _decided.ToArray()], r => (Id: r.GetInt64(0), Seconds: r.IsDBNull(1) ? (double?)null : r.GetDouble(1)), cancel);
        Stored = rows.Count + _decided.Count;
        foreach (var (id, seconds) in rows)
        {
            if (seconds is not { } took) continue;
            _decided.Add(id);
            Processing.Add(Math.Max(0, took));
        }
        Queue = (await Sql.QueryAsync(connection, "select count(*) from work_item where died_at is null", [], r => r.GetInt64(0), cancel)).Single();
        Processes = [.. (await WorkerStore.ListAsync(connection, cancel)).Where(w => w.Host == Environment.MachineName).Select(w => w.ProcessId).Distinct()];
    }

    /// <summary>Of processes on this machine; those of other users are not ours to read.</summary>
    public static long? Resident(IEnumerable<int> processes)
    {
        long? sum = null;
        foreach (var id in processes)
            if (ResidentOf(id) is { } bytes) sum = (sum ?? 0) + bytes;
        return sum;
    }

    /// <returns>Null when it is gone, or on another kind of system.</returns>
    public static long? ResidentOf(int process)
    {
        var path = $"/proc/{process}/status";
        if (!File.Exists(path)) return null;
        try
        {
            // VmRSS:    123456 kB
            return File.ReadLines(path).FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024 : null;
        }
        catch (IOException)
        {
            return null; // it ended while we looked
        }
    }
}
