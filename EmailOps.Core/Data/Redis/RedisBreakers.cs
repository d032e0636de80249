using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using StackExchange.Redis;

namespace EmailOps.Core.Data.Redis;

/// <summary>
/// Breakers as PostgreSQL decides them, read in Redis: every question to a model reads one, few change one. A change is made there and then taken out here, so that
/// the next who reads sees it; what cannot be taken out because Redis is away is wrong for <see cref="s_kept"/> at most.
/// </summary>
internal sealed class RedisBreakers(RedisLink link, BreakerStore truth) : IBreakerStore
{
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    private const string Find = "return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[2]) or '0'}";
    // Only what was read after the last change may be put here: each change counts up, and outlives everything read before it.
    private const string Keep = "if (redis.call('GET', KEYS[2]) or '0') == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end return 1";
    private const string Change = "redis.call('UNLINK', KEYS[1]) redis.call('INCR', KEYS[2]) redis.call('EXPIRE', KEYS[2], 3600) return 1";

    public async Task<BreakerStatus> ReadAsync(string provider, CancellationToken cancel)
    {
        var keys = Keys(provider);
        var found = await link.RunAsync(Find, keys) is { } answer && (RedisResult[])answer! is [var kept, var left, var change] ? (Kept: (string?)kept, Left: (long)left, Change: (string?)change) : default;
        if (found.Kept is { } text && Read(text, s_kept - TimeSpan.FromMilliseconds(found.Left)) is { } known) return known;
        var status = await truth.ReadAsync(provider, cancel);
        if (found.Change is { } number) await link.RunAsync(Keep, keys, number, JsonSerializer.Serialize(status), ((long)s_kept.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        return status;
    }

    public Task<IReadOnlyList<BreakerStatus>> AllAsync(CancellationToken cancel) => truth.AllAsync(cancel);

    public async Task<bool> TryAsync(string provider, TimeSpan patience, CancellationToken cancel)
    {
        var mayTry = await truth.TryAsync(provider, patience, cancel);
        if (mayTry) await ChangedAsync(provider);
        return mayTry;
    }

    public async Task<BreakerStatus> FailedAsync(string provider, string reason, BreakerOptions options, TimeSpan? wait, CancellationToken cancel)
    {
        var status = await truth.FailedAsync(provider, reason, options, wait, cancel);
        await ChangedAsync(provider);
        return status;
    }

    public async Task SucceededAsync(string provider, CancellationToken cancel)
    {
        await truth.SucceededAsync(provider, cancel);
        await ChangedAsync(provider);
    }

    public async Task<BreakerStatus> ForceAsync(string provider, BreakerForce force, string actor, string why, CancellationToken cancel)
    {
        var status = await truth.ForceAsync(provider, force, actor, why, cancel);
        await ChangedAsync(provider);
        return status;
    }

    private async Task ChangedAsync(string provider) => await link.RunAsync(Change, Keys(provider));

    private string[] Keys(string provider) => [link.Keys.Of("breaker", provider), link.Keys.Of("breaker-change", provider)];

    /// <param name="age">How long ago it was put there: so much of the time it said is over.</param>
    private static BreakerStatus? Read(string text, TimeSpan age)
    {
        try
        {
            return JsonSerializer.Deserialize<BreakerStatus>(text) is { } status ? status with { Left = status.Left - age } : null;
        }
        catch (JsonException)
        {
            // Not ours: the truth is elsewhere.
            return null;
        }
    }
}
