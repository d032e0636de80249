using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.Data.Redis;

/// <summary>Rate limits that all processes share: token buckets by Redis' own clock, so that nobody's clock matters. While it is away each process keeps the limit by itself.</summary>
internal sealed class RedisRates(RedisLink link, TokenBuckets twin) : IRateLimit
{
    // ARGV: microseconds a permit takes to flow in, most permits. A bucket that nobody touched long enough to be full is not kept.
    private const string Take = """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
        local b = redis.call('HMGET', KEYS[1], 'permits', 'at')
        local permits = math.min(burst, (tonumber(b[1]) or burst) + math.max(0, now - (tonumber(b[2]) or now)) / each)
        local wait = 0
        if permits >= 1 then permits = permits - 1 else wait = math.ceil((1 - permits) * each) end
        redis.call('HSET', KEYS[1], 'permits', tostring(permits), 'at', string.format('%.0f', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(burst * each / 1000) + 1000)
        return wait
        """;

    public async Task<TimeSpan> TakeAsync(string bucket, Rate rate, CancellationToken cancel)
    {
        var each = (long)Math.Max(1, Math.Round(rate.Each.TotalMicroseconds));
        return await link.RunAsync(Take, [link.Keys.Of("rate", bucket)], each, rate.Burst) is { } wait ? TimeSpan.FromMicroseconds((long)wait) : await twin.TakeAsync(bucket, rate, cancel);
    }
}
