using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EmailOps.Core.Data.Redis;

/// <summary>Metrics of links to Redis, and of looks into caches, whoever serves them. Hosts that share a process count as one: as well as the worse of them.</summary>
internal static class RedisTelemetry
{
    public const string Name = "EmailOps.Redis";
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Commands = Meter.CreateCounter<long>("emailops.redis.commands", "{command}", "Commands to Redis, by outcome: ok, refused (an error of the server), lost (no answer in time), away (not tried)");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("emailops.redis.failures", "{failure}", "Times Redis was lost");
    private static readonly Counter<long> Looks = Meter.CreateCounter<long>("emailops.cache.lookups", "{lookup}", "Looks into caches, by cache, who served and result");
    private static readonly ConcurrentDictionary<RedisState, byte> States = new();
    private static readonly ObservableGauge<int> Connected = Meter.CreateObservableGauge("emailops.redis.connected", () => Measure(states => states.Min(s => s.IsAway ? 0 : 1)), null, "1 while Redis serves, 0 while its twins do");
    private static readonly ObservableCounter<double> Fallback = Meter.CreateObservableCounter("emailops.redis.fallback.seconds", () => Measure(states => states.Max(s => s.Fallback.TotalSeconds)), null, "Seconds in which the twins served because Redis was away");

    /// <summary>From now on its state is measured.</summary>
    public static void Watch(RedisState state)
    {
        _ = (Connected.Enabled, Fallback.Enabled); // made before the first of them is asked
        States[state] = 0;
    }

    public static void Forget(RedisState state) => States.TryRemove(state, out _);

    public static void Command(string outcome) => Commands.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Lost() => Failures.Add(1);

    public static void Looked(string cache, bool byRedis, bool isHit)
        => Looks.Add(1, new("cache", cache), new("served_by", byRedis ? "redis" : "twin"), new("result", isHit ? "hit" : "miss"));

    // Without a link there is nothing to say, which is not the same as 0.
    private static IEnumerable<Measurement<T>> Measure<T>(Func<IEnumerable<RedisState>, T> of) where T : struct => States.IsEmpty ? [] : [new Measurement<T>(of(States.Keys))];
}
