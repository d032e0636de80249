using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// A number that goes up when the caches are cleared. It is part of what everything in them is found by, so that what was cleared is never found again, by no process
/// and in no store, whether that could be reached just then or not.
/// </summary>
internal sealed class CacheGeneration(NpgsqlDataSource source, WakeUps wakeUps, TimeProvider clock) : IDisposable
{
    public const string Channel = "emailops_cache";
    /// <summary>Looked up at least this often, should a hint be lost.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(30);
    private readonly WakeUps.Subscription _cleared = wakeUps.Subscribe(Channel);
    private volatile Seen? _seen;

    private sealed record Seen(long Number, long At);

    public async ValueTask<long> CurrentAsync(CancellationToken cancel)
    {
        // Taken before looking: what is announced from here on is looked for again.
        var isNews = false;
        while (_cleared.Payloads.TryRead(out _)) isNews = true;
        if (!isNews && _seen is { } seen && clock.GetElapsedTime(seen.At) < s_fresh) return seen.Number;
        await using var command = source.CreateCommand("select value::bigint from installation where key = 'cache-generation'");
        return See(await command.ExecuteScalarAsync(cancel) as long? ?? 0);
    }

    /// <summary>Counts it up in the caller's transaction and tells the other processes.</summary>
    public async Task NextAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into installation as i (key, value) values ('cache-generation', '1') on conflict (key) do update set value = (i.value::bigint + 1)::text", [], cancel);
        await Hints.SendAsync(connection, Channel, "", cancel);
        _seen = null;
    }

    private long See(long number)
    {
        _seen = new Seen(number, clock.GetTimestamp());
        return number;
    }

    public void Dispose() => _cleared.Dispose();
}
