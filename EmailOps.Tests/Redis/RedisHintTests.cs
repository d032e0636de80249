using EmailOps.Benchmarks.Redis;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Redis;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EmailOps.Tests.Redis;

/// <summary>Who carries hints: Redis while it serves, PostgreSQL else, and never before the commit.</summary>
public sealed class RedisHintTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Hints_come_by_Redis_after_the_commit_and_by_PostgreSQL_while_it_is_away()
    {
        if (RedisServer.Missing() is { } missing)
        {
            Console.WriteLine($"SKIPPED, NO REDIS: hints ({missing}).");
            return;
        }
        await using var server = await RedisServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var api = await TestHosts.ApiAsync(database, [.. RedisFixture.Settings(server).Select(s => $"--{s.Key}={s.Value}")]);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        await using var store = await TestStore.OpenAsync(database);
        var (link, wakeUps) = (api.Services.GetRequiredService<RedisLink>(), api.Services.GetRequiredService<WakeUps>());
        await UpAsync(link, isUp: true);
        await Wait.UntilAsync(() => store.AskAsync<bool>($"select count(*) > 0 from pg_stat_activity where datname = current_database() and query = 'listen {WakeUps.Channels[^1]}' and state = 'idle'"), "PostgreSQL is listened to");
        await using var beside = new NpgsqlConnection(database);
        await beside.OpenAsync();
        var byPostgres = new List<string>();
        beside.Notification += (_, e) => byPostgres.Add(e.Payload);
        await new NpgsqlCommand($"listen {LiveEvents.Channel}", beside).ExecuteNonQueryAsync();
        using var events = wakeUps.Subscribe(LiveEvents.Channel);
        // What hosts say to themselves at start is over.
        await AnnounceAsync(store, 0);
        while (await NextAsync(events) != "message:0") continue;

        // By Redis, and only when the transaction has ended.
        await using (var connection = await store.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await LiveEvents.AnnounceAsync(connection, "message", 1, default);
            await Sql.ExecuteAsync(connection, "select pg_sleep(0.1)", [], default);
            Assert.False(events.Payloads.TryRead(out _));
            await transaction.CommitAsync();
        }
        Assert.Equal("message:1", await NextAsync(events));
        await AnnounceAsync(store, 2);
        Assert.Equal("message:2", await NextAsync(events));
        Assert.Equal([], await HeardAsync());
        Assert.Equal("healthy", (await HealthAsync(caller))["redis"].Status);

        // By PostgreSQL.
        await server.KillAsync();
        await UpAsync(link, isUp: false);
        await AnnounceAsync(store, 3);
        Assert.Equal("message:3", await NextAsync(events));
        Assert.Equal(["message:3"], await HeardAsync());
        var health = await HealthAsync(caller);
        Assert.Equal("degraded", health["redis"].Status);

        // Back: everybody looks for what may have been missed, and it serves again.
        await server.StartAgainAsync();
        await UpAsync(link, isUp: true);
        Assert.Equal("", await NextAsync(events));
        await AnnounceAsync(store, 4);
        Assert.Equal("message:4", await NextAsync(events));
        Assert.Equal(["message:3"], await HeardAsync());
        Assert.Contains("emailops_redis_connected 1", await caller.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        // A host that has ended leaves them to PostgreSQL.
        await api.StopAsync();
        await AnnounceAsync(store, 5);
        Assert.Equal(["message:3", "message:5"], await HeardAsync());

        async Task<List<string>> HeardAsync()
        {
            await new NpgsqlCommand("select 1", beside).ExecuteScalarAsync(); // whatever has come is handed out before the answer
            return byPostgres;
        }
    }

    private static async Task AnnounceAsync(TestStore store, long id)
    {
        await using var connection = await store.Source.OpenConnectionAsync();
        await LiveEvents.AnnounceAsync(connection, "message", id, default);
    }

    private static async Task<string> NextAsync(WakeUps.Subscription events)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await events.Payloads.ReadAsync(patience.Token);
    }

    private static Task UpAsync(RedisLink link, bool isUp) => Wait.UntilAsync(() => Task.FromResult(link.IsUp == isUp), $"up is {isUp}", state: () => Task.FromResult(link.State.Health().Detail));

    private static async Task<IReadOnlyDictionary<string, ComponentHealth>> HealthAsync(ApiCaller caller) => (await caller.GetAsync<HealthReportView>(Routes.HealthDetailed)).Components;
}
