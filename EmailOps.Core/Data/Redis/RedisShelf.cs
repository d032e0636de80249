using StackExchange.Redis;

namespace EmailOps.Core.Data.Redis;

/// <summary>Cached bytes in Redis: each with its own time, all together so many at most (the ones that run out next go first).</summary>
internal sealed class RedisShelf(RedisLink link, string kind, int most)
{
    // The count of hits must not cost a hit when memory is full: hence pcall.
    private const string Find = "local v = redis.call('GET', KEYS[1]) if v then redis.pcall('INCR', KEYS[2]) redis.pcall('EXPIRE', KEYS[2], 86400) end return {v}";

    private const string Keep = """
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        redis.call('ZADD', KEYS[2], now + ARGV[2], KEYS[1])
        if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
        local over = redis.call('ZCARD', KEYS[2]) - ARGV[3]
        if over > 0 then
          local gone = redis.call('ZRANGE', KEYS[2], 0, math.min(over, 1000) - 1)
          redis.call('UNLINK', unpack(gone))
          redis.call('ZREM', KEYS[2], unpack(gone))
        end
        return 1
        """;

    private const string Clear = """
        local count = 0
        while true do
          local some = redis.call('ZRANGE', KEYS[1], 0, 999)
          if #some == 0 then break end
          count = count + redis.call('UNLINK', unpack(some))
          redis.call('ZREM', KEYS[1], unpack(some))
        end
        redis.call('DEL', KEYS[2])
        return count
        """;

    private const string Count = """
        local t = redis.call('TIME')
        return {redis.call('ZCOUNT', KEYS[1], t[1] * 1000 + math.floor(t[2] / 1000), '+inf'), redis.call('GET', KEYS[2]) or '0'}
        """;

    /// <summary>It refused to keep something, full memory for example: the twin may have it.</summary>
    public bool RefusedLately => link.State.RefusedLately;

    private string Index => link.Keys.Single($"{kind}:index");
    private string Hits => link.Keys.Single($"{kind}:hits");

    /// <returns>Null when Redis does not serve; else what it has, which may be nothing.</returns>
    public async Task<Found?> FindAsync(long generation, byte[] hash)
        => await link.RunAsync(Find, [Key(generation, hash), Hits]) is { } answer ? new Found((byte[]?)((RedisResult[])answer!)[0]) : null;

    /// <returns>False when Redis does not serve.</returns>
    public async Task<bool> KeepAsync(long generation, byte[] hash, byte[] value, TimeSpan time)
        => await link.RunAsync(Keep, [Key(generation, hash), Index], value, Math.Max(1, (long)time.TotalMilliseconds), most) is not null;

    public async Task ForgetAsync(long generation, byte[] hash) => await link.AskAsync("UNLINK", (RedisKey)Key(generation, hash));

    /// <returns>How many there were; null when Redis does not serve.</returns>
    public async Task<long?> ClearAsync() => await link.RunAsync(Clear, [Index, Hits]) is { } answer ? (long)answer : null;

    /// <returns>How many there are and how often they were found; null when Redis does not serve.</returns>
    public async Task<(long Entries, long Hits)?> CountAsync()
        => await link.RunAsync(Count, [Index, Hits]) is { } answer && (RedisResult[])answer! is [var entries, var hits] ? ((long)entries, (long)hits) : null;

    private string Key(long generation, byte[] hash) => link.Keys.Of(FormattableString.Invariant($"{kind}:{generation}"), hash);

    internal sealed record Found(byte[]? Value);
}
