using System.Collections.Concurrent;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Decisions of the last day, counted in spans of five minutes. A span that is over and long is counted once a process and remembered: pages and gauges ask
/// every few seconds, and counting a busy day anew took longer the busier it was. A message that is decided anew may count in two spans.
/// </summary>
internal sealed class DecisionTally(TimeProvider clock)
{
    private const int Seconds = 300;
    /// <summary>Shorter spans are counted again each time, which costs nothing and is always exact.</summary>
    private const int Long = 1_000;
    private readonly ConcurrentDictionary<long, long> _long = new();

    /// <returns>Decisions since midnight (UTC) and of the last 24 hours, the latter from the beginning of a span.</returns>
    public async Task<(long Today, long Day)> CountAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeSeconds() / Seconds;
        var first = now.AddHours(-24).ToUnixTimeSeconds() / Seconds + 1;
        var last = now.ToUnixTimeSeconds() / Seconds;
        foreach (var past in _long.Keys.Where(span => span < first)) _long.TryRemove(past, out _);
        var counts = Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + i).Where(_long.ContainsKey).ToDictionary(span => span, span => _long[span]);
        var open = Open(first, last, counts);
        // From a known moment to the next one asks for; the last has no end, since other processes' clocks may be ahead.
        foreach (var (span, count) in await Sql.QueryAsync(connection, """
            select floor(extract(epoch from d.decided_at) / $3)::bigint, count(*) from unnest($1::timestamptz[], $2::timestamptz[]) o (since, before)
            join decision d on d.decided_at >= o.since and d.decided_at < o.before group by 1
            """, [open.ConvertAll(o => At(o.First)).ToArray(), open.ConvertAll(o => o.Last == last ? DateTimeOffset.MaxValue : At(o.Last + 1)).ToArray(), (double)Seconds],
            r => (r.GetInt64(0), r.GetInt64(1)), cancel))
        {
            counts[span] = count;
            // A minute for transactions and clocks that are late.
            if (count >= Long && At(span + 1).AddMinutes(1) < now) _long[span] = count;
        }
        return (counts.Where(c => c.Key >= midnight).Sum(c => c.Value), counts.Values.Sum());
    }

    private static List<(long First, long Last)> Open(long first, long last, Dictionary<long, long> known)
    {
        var open = new List<(long First, long Last)>();
        for (var span = first; span <= last; span++)
        {
            if (known.ContainsKey(span)) continue;
            if (open.Count > 0 && open[^1].Last == span - 1) open[^1] = (open[^1].First, span);
            else open.Add((span, span));
        }
        return open;
    }

    private static DateTimeOffset At(long span) => DateTimeOffset.FromUnixTimeSeconds(span * Seconds);
}
