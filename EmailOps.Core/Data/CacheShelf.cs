using EmailOps.Core.Data.Redis;

namespace EmailOps.Core.Data;

/// <summary>One kind of cached things by their hashes: on Redis' shelf while it serves, else on this process's.</summary>
internal sealed class CacheShelf(string kind, RedisShelf? redis, MemoryShelf memory, CacheGeneration generation)
{
    public async Task<byte[]?> FindAsync(byte[] hash, CancellationToken cancel)
    {
        var current = await generation.CurrentAsync(cancel);
        var shared = redis is null ? null : await redis.FindAsync(current, hash);
        // Also where Redis has nothing: it may have been away or full when this was kept.
        var found = shared?.Value ?? memory.Find(current, hash);
        RedisTelemetry.Looked(kind, shared is not null, found is not null);
        return found;
    }

    /// <param name="time">It is found so long.</param>
    public async Task KeepAsync(byte[] hash, byte[] value, TimeSpan time, CancellationToken cancel)
    {
        var current = await generation.CurrentAsync(cancel);
        if (redis is null || !await redis.KeepAsync(current, hash, value, time)) memory.Keep(current, hash, value, time);
    }

    public async Task ForgetAsync(byte[] hash, CancellationToken cancel)
    {
        var current = await generation.CurrentAsync(cancel);
        // Both: it may have been kept on the other shelf a moment ago.
        memory.Forget(current, hash);
        if (redis is not null) await redis.ForgetAsync(current, hash);
    }

    /// <returns>How many there were, as far as this process reaches.</returns>
    public async Task<long> ClearAsync() => memory.Clear() + (redis is null ? 0 : await redis.ClearAsync() ?? 0);
}
