using System.Collections.Concurrent;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>Rate limits of one process: each process has its own share then, and a provider that minds says so with a 429.</summary>
internal sealed class TokenBuckets(TimeProvider clock) : IRateLimit
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public Task<TimeSpan> TakeAsync(string bucket, Rate rate, CancellationToken cancel)
    {
        var found = _buckets.GetOrAdd(bucket, static (_, at) => new Bucket(at.Rate.Burst, at.Now), (Rate: rate, Now: clock.GetTimestamp()));
        lock (found) return Task.FromResult(found.Take(rate, clock));
    }

    private sealed class Bucket(double permits, long at)
    {
        private double _permits = permits;
        private long _at = at;

        public TimeSpan Take(Rate rate, TimeProvider clock)
        {
            var now = clock.GetTimestamp();
            _permits = Math.Min(rate.Burst, _permits + clock.GetElapsedTime(_at, now) / rate.Each);
            _at = now;
            if (_permits < 1) return (1 - _permits) * rate.Each + TimeSpan.FromTicks(1);
            _permits--;
            return TimeSpan.Zero;
        }
    }
}
