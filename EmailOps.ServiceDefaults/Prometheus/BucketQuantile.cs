namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>A quantile read off buckets, as Prometheus' histogram_quantile does: within a bucket values lie evenly, and beyond the last bound they are that bound.</summary>
public static class BucketQuantile
{
    /// <param name="bounds">Upper bounds, ascending.</param>
    /// <param name="counts">How many fell into each bucket alone; one more than bounds.</param>
    /// <returns>NaN when nothing was counted.</returns>
    public static double Of(double quantile, IReadOnlyList<double> bounds, IReadOnlyList<long> counts)
    {
        var all = counts.Sum();
        if (all == 0 || bounds.Count == 0) return double.NaN;
        var rank = quantile * all;
        var below = 0L;
        for (var at = 0; at < bounds.Count; at++)
        {
            if (below + counts[at] < rank)
            {
                below += counts[at];
                continue;
            }
            var lower = at == 0 ? Math.Min(0, bounds[0]) : bounds[at - 1];
            return counts[at] == 0 ? bounds[at] : lower + (bounds[at] - lower) * ((rank - below) / counts[at]);
        }
        return bounds[^1];
    }
}

/// <summary>What fell into buckets during the last minutes, from counts that only grow.</summary>
internal sealed class BucketWindow(TimeProvider clock)
{
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(10), s_step = TimeSpan.FromSeconds(15);
    private readonly Queue<(long At, long[] Counts)> _past = [];
    private long _lastAt;

    public long[] Since(long[] counts)
    {
        while (_past.Count > 1 && clock.GetElapsedTime(_past.Peek().At) > s_length) _past.Dequeue();
        // At the first look everything is recent: it was counted since this process started.
        long[] recent = _past.TryPeek(out var oldest) ? [.. counts.Zip(oldest.Counts, (now, then) => now - then)] : [.. counts];
        if (_past.Count == 0) Keep(new long[counts.Length]);
        else if (clock.GetElapsedTime(_lastAt) >= s_step) Keep(counts);
        return recent;
    }

    private void Keep(long[] counts)
    {
        _lastAt = clock.GetTimestamp();
        _past.Enqueue((_lastAt, counts));
    }
}
