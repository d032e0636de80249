using System.Diagnostics.Metrics;

namespace EmailOps.Core.Data.Redis;

/// <summary>Metrics of one process's link, and looks into caches, whoever serves them.</summary>
internal sealed class RedisTelemetry : IDisposable
{
    public const string Name = "EmailOps.Redis";
    private static readonly Meter Shared = new(Name);
    private static readonly Counter<long> Commands = Shared.CreateCounter<long>("emailops.redis.commands", "{command}", "Commands to Redis, by outcome: ok, refused (an error of the server), lost (no answer in time), away (not tried)");
    private static readonly Counter<long> Failures = Shared.CreateCounter<long>("emailops.redis.failures", "{failure}", "Times Redis was lost");
    private static readonly Counter<long> Looks = Shared.CreateCounter<long>("emailops.cache.lookups", "{lookup}", "Looks into caches, by cache, who served and result");
    private readonly Meter _own = new(Name);

    /// <param name="isUp">Read when somebody asks.</param>
    /// <param name="fallbackSeconds">How long the twins have served in place of Redis, in seconds.</param>
    public RedisTelemetry(Func<bool> isUp, Func<double> fallbackSeconds)
    {
        _own.CreateObservableGauge("emailops.redis.connected", () => isUp() ? 1 : 0, null, "1 while Redis serves, 0 while its twins do");
        _own.CreateObservableCounter("emailops.redis.fallback.seconds", fallbackSeconds, null, "Seconds in which the twins served because Redis was away");
    }

    public static void Command(string outcome) => Commands.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Lost() => Failures.Add(1);

    public static void Looked(string cache, bool byRedis, bool isHit)
        => Looks.Add(1, new("cache", cache), new("served_by", byRedis ? "redis" : "twin"), new("result", isHit ? "hit" : "miss"));

    public void Dispose() => _own.Dispose();
}
