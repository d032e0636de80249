using EmailOps.Benchmarks.Redis;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Redis;

/// <summary>A Redis that is silent, full, emptied, away or locked: the twins serve, nobody waits, and it comes back by itself.</summary>
public sealed class RedisOutageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly CachedAnswer Answer = new("m", "an answer", 1, 2);

    [Fact]
    public Task A_silent_Redis_is_waited_for_once_and_then_by_nobody_until_it_answers_again() => WithAsync(async (server, store, link) =>
    {
        await store.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", Answer, None);
        await server.PauseAsync();

        Assert.Null(await store.Get<IAnswerCache>().FindAsync(Key(1), None));

        Assert.False(link.IsUp);
        // Not even a moment: done when the call comes back.
        Assert.All(Enumerable.Range(0, 100).Select(_ => link.AskAsync("PING")), asked => Assert.True(asked.IsCompletedSuccessfully && asked.Result is null));
        await store.Get<IAnswerCache>().KeepAsync(Key(2), "t/1", Answer, None);
        Assert.Equal(Answer, await store.Get<IAnswerCache>().FindAsync(Key(2), None));
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from model_answer"));
        var health = store.Get<Caches>().RedisHealth()!;
        Assert.Equal("degraded", health.Status);
        Assert.Contains("is away since", health.Detail, StringComparison.Ordinal);
        await server.GoOnAsync();
        await UpAsync(link);
        // It was silent, not empty.
        Assert.Equal(Answer, await store.Get<IAnswerCache>().FindAsync(Key(1), None));
        Assert.Equal("healthy", store.Get<Caches>().RedisHealth()!.Status);
    });

    [Fact]
    public Task A_killed_Redis_is_found_again_and_may_have_forgotten_everything() => WithAsync(async (server, store, link) =>
    {
        var tokens = store.Get<ITokenCache>();
        await tokens.KeepAsync("a", Token("one"), None);
        await store.Get<IBreakerStore>().FailedAsync("p", "dead", new() { Failures = 1 }, null, None);
        Assert.Equal(BreakerState.Open, (await store.Get<IBreakerStore>().ReadAsync("p", None)).State);

        await server.KillAsync();
        await Wait.UntilAsync(() => Task.FromResult(!link.IsUp), "the loss is noticed");
        Assert.Null(await tokens.FindAsync("a", None));
        await tokens.KeepAsync("a", Token("two"), None);
        Assert.Equal("two", (await tokens.FindAsync("a", None))!.Value);
        Assert.Equal(BreakerState.Open, (await store.Get<IBreakerStore>().ReadAsync("p", None)).State);
        Assert.Equal(TimeSpan.Zero, await store.Get<IRateLimit>().TakeAsync("p", new Rate(60, 1), None));
        await server.StartAgainAsync();
        await UpAsync(link);

        // Kept by this process meanwhile, and what PostgreSQL knows.
        Assert.Equal("two", (await tokens.FindAsync("a", None))!.Value);
        Assert.Equal(BreakerState.Open, (await store.Get<IBreakerStore>().ReadAsync("p", None)).State);
        await store.Get<IBreakerStore>().SucceededAsync("p", None);
        Assert.Equal(BreakerState.Closed, (await store.Get<IBreakerStore>().ReadAsync("p", None)).State);
        Assert.True(link.State.Fallback > TimeSpan.Zero);
    });

    [Fact]
    public Task What_is_cleared_while_Redis_is_away_is_not_found_when_it_is_back() => WithAsync(async (server, store, link) =>
    {
        await store.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", Answer, None);
        await server.PauseAsync();
        await link.AskAsync("PING");

        var cleared = await store.Get<Caches>().ClearAsync("Olga", None);

        Assert.Contains("Redis is away", cleared.Note!, StringComparison.Ordinal);
        await server.GoOnAsync();
        await UpAsync(link);
        Assert.Null(await store.Get<IAnswerCache>().FindAsync(Key(1), None));
    });

    [Fact]
    public Task Emptied_at_any_moment_it_costs_caches_and_nothing_else() => WithAsync(async (server, store, link) =>
    {
        var breakers = store.Get<IBreakerStore>();
        await store.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", Answer, None);
        await breakers.ForceAsync("p", BreakerForce.Open, "Olga", "", None);
        await breakers.ReadAsync("p", None);
        await store.Get<IRateLimit>().TakeAsync("p", new Rate(1, 1), None);

        await server.AskAsync("FLUSHALL");

        Assert.True(link.IsUp);
        Assert.Equal(BreakerForce.Open, (await breakers.ReadAsync("p", None)).Force);
        Assert.Null(await store.Get<IAnswerCache>().FindAsync(Key(1), None));
        Assert.Equal(TimeSpan.Zero, await store.Get<IRateLimit>().TakeAsync("p", new Rate(1, 1), None));
        await store.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", Answer, None);
        Assert.Equal(Answer, await store.Get<IAnswerCache>().FindAsync(Key(1), None));
        Assert.Equal(1, (await store.Get<Caches>().ClearAsync("Olga", None)).Answers);
    });

    [Fact]
    public Task A_full_Redis_goes_on_serving_what_it_has_and_the_twins_keep_the_rest() => WithAsync(async (server, store, link) =>
    {
        var (answers, tokens) = (store.Get<IAnswerCache>(), store.Get<ITokenCache>());
        await answers.KeepAsync(Key(1), "t/1", Answer, None);
        await tokens.KeepAsync("before", Token("old"), None);
        await server.AskAsync("CONFIG", "SET", "maxmemory", "1");

        await answers.KeepAsync(Key(2), "t/1", Answer, None);
        await tokens.KeepAsync("after", Token("new"), None);

        Assert.True(link.IsUp);
        Assert.Equal((Answer, Answer), (await answers.FindAsync(Key(1), None), await answers.FindAsync(Key(2), None)));
        Assert.Equal(("old", "new"), ((await tokens.FindAsync("before", None))!.Value, (await tokens.FindAsync("after", None))!.Value));
        Assert.Equal(BreakerState.Open, (await store.Get<IBreakerStore>().FailedAsync("p", "dead", new() { Failures = 1 }, null, None)).State);
        Assert.Equal(BreakerState.Open, (await store.Get<IBreakerStore>().ReadAsync("p", None)).State);
        Assert.Equal(TimeSpan.Zero, await store.Get<IRateLimit>().TakeAsync("p", new Rate(60, 1), None));
        var health = store.Get<Caches>().RedisHealth()!;
        Assert.Equal("degraded", health.Status);
        Assert.Contains("OOM", health.Detail, StringComparison.Ordinal);
        // Hints need no memory of it.
        Assert.NotNull(await link.AskAsync("PUBLISH", link.Keys.Channel("hints"), "x|y"));
    });

    [Fact]
    public async Task A_wrong_password_is_told_and_never_shown_and_everything_works_without()
    {
        if (Missing(nameof(A_wrong_password_is_told_and_never_shown_and_everything_works_without))) return;
        await using var server = await RedisServer.StartAsync("--requirepass", "right-password-1");
        await using var store = await TestStore.CreateAsync(postgres, [.. RedisFixture.Settings(server), ("ConnectionStrings:redis", $"redis://:wrong-password-2@{server.Address}")]);
        var link = store.Get<RedisLink>();

        await Wait.UntilAsync(() => Task.FromResult(link.State.Health().Detail.Contains("the password is refused", StringComparison.Ordinal)), "the refusal is told", state: () => Task.FromResult(link.State.Health().Detail));

        Assert.False(link.IsUp);
        var health = store.Get<Caches>().RedisHealth()!;
        Assert.Equal("degraded", health.Status);
        Assert.DoesNotContain("wrong-password-2", health.Detail, StringComparison.Ordinal);
        await store.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", Answer, None);
        Assert.Equal(Answer, await store.Get<IAnswerCache>().FindAsync(Key(1), None));
        await using var right = await TestStore.OpenAsync(store.ConnectionString, [.. RedisFixture.Settings(server), ("ConnectionStrings:redis", $"redis://default:right%2Dpassword-1@{server.Address}/0")]);
        Assert.True(await right.Get<RedisLink>().IsUpWithinAsync(TimeSpan.FromSeconds(30), None), right.Get<RedisLink>().State.Health().Detail);
    }

    private async Task WithAsync(Func<RedisServer, TestStore, RedisLink, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        if (Missing(name)) return;
        await using var server = await RedisServer.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, RedisFixture.Settings(server));
        var link = store.Get<RedisLink>();
        await UpAsync(link);
        await test(server, store, link);
    }

    private static bool Missing(string test)
    {
        if (RedisServer.Missing() is not { } missing) return false;
        Console.WriteLine($"SKIPPED, NO REDIS: {test} ({missing}).");
        return true;
    }

    private static Task UpAsync(RedisLink link) => Wait.UntilAsync(() => Task.FromResult(link.IsUp), "Redis serves", state: () => Task.FromResult(link.State.Health().Detail));

    private static AccessToken Token(string value) => new(value, TimeProvider.System.GetUtcNow().AddHours(1));

    private static byte[] Key(byte first) => [first, .. new byte[31]];
}
