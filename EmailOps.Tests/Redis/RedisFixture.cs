using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EmailOps.Benchmarks.Redis;

namespace EmailOps.Tests.Redis;

/// <summary>
/// A real Redis for a test class: <c>class X(RedisFixture redis) : IClassFixture&lt;RedisFixture&gt;</c>. Each test has a prefix of its own. A test begins with
/// <c>if (!redis.TryGet(out var server)) return;</c>: where there is none, it says so and ends.
/// </summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private static int _last;
    private RedisServer? _server;

    internal bool TryGet([NotNullWhen(true)] out RedisServer? server, [CallerMemberName] string test = "")
    {
        if (_server is null) Console.WriteLine($"SKIPPED, NO REDIS: {test} ({RedisServer.Missing()}).");
        return (server = _server) is not null;
    }

    /// <summary>What a process needs to use it, and nothing of what other tests left there.</summary>
    internal static (string Key, string Value)[] Settings(RedisServer server) =>
        [("ConnectionStrings:redis", server.Address), ("Redis:Prefix", $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}"), ("Redis:BeatEvery", "00:00:00.2"), ("Redis:LongestPause", "00:00:00.2"),
        // On a machine that is busy with other tests a living Redis may take its time.
        ("Redis:Patience", "00:00:02"), ("Redis:ConnectPatience", "00:00:10")];

    public async Task InitializeAsync() => _server = RedisServer.Missing() is null ? await RedisServer.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
