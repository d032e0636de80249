using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Redis;

/// <summary>What whoever serves must do: the same tests with Redis and with its twins.</summary>
public abstract class TwinTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BreakerOptions Breaker = new() { Failures = 2, OpenFor = TimeSpan.FromMinutes(1), MaxOpenFor = TimeSpan.FromMinutes(3) };

    /// <returns>Null where this one cannot be had.</returns>
    private protected abstract (string Key, string Value)[]? Settings(string test);

    [Fact]
    public Task An_answer_is_found_by_its_key_until_its_time_is_up() => WithAsync(async one =>
    {
        var cache = one.Get<IAnswerCache>();
        var answer = new CachedAnswer("model:1b", "Grüße \"und\" mehr\n✓", 12, 34);

        await cache.KeepAsync(Key(1), "t/1", answer, None);

        Assert.Equal(answer, await cache.FindAsync(Key(1), None));
        Assert.Null(await cache.FindAsync(Key(2), None));
        await cache.KeepAsync(Key(1), "t/1", answer with { Text = "newer" }, None);
        Assert.Equal("newer", (await cache.FindAsync(Key(1), None))!.Text);
        Assert.Equal((1, 2), (await cache.ViewAsync(None)) is var view ? (view.Answers, view.Hits) : default);
        await Wait.UntilAsync(async () => await cache.FindAsync(Key(1), None) is null, "its time is up");
    }, ("Cache:TimeToLiveSeconds", "3"));

    [Fact]
    public Task What_is_too_long_is_not_kept_and_what_is_cleared_is_found_by_nobody() => WithAsync(async (one, other) =>
    {
        await one.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", new CachedAnswer("m", new string('x', 101), 1, 1), None);
        Assert.Null(await one.Get<IAnswerCache>().FindAsync(Key(1), None));
        await one.Get<IAnswerCache>().KeepAsync(Key(1), "t/1", new CachedAnswer("m", new string('x', 100), 1, 1), None);
        await other.Get<IVectorCache>().KeepAsync(Key(2), [1, 2, 3], None);
        Assert.NotNull(await other.Get<IAnswerCache>().FindAsync(Key(1), None));
        Assert.NotNull(await other.Get<IVectorCache>().FindAsync(Key(2), None));

        var cleared = await one.Get<Caches>().ClearAsync("Olga", None);

        Assert.Equal((1, null), (cleared.Answers, cleared.Note));
        Assert.Null(await other.Get<IAnswerCache>().FindAsync(Key(1), None));
        // Of the other process the hint or the time tells; asked anew it looks at once.
        await using var third = await TestStore.OpenAsync(one.ConnectionString, Last);
        await UpAsync(third);
        Assert.Null(await third.Get<IVectorCache>().FindAsync(Key(2), None));
        Assert.Equal(1, await one.AskAsync<long>("select count(*) from audit_entry where action = 'cache.clear' and actor = 'Olga'"));
    }, ("Cache:MaxAnswerCharacters", "100"));

    [Fact]
    public Task Vectors_come_back_as_they_were() => WithAsync(async one =>
    {
        var cache = one.Get<IVectorCache>();
        float[] vector = [0, -0f, float.MaxValue, float.Epsilon, 0.1f];

        await cache.KeepAsync(Key(1), vector, None);

        Assert.Equal(vector, await cache.FindAsync(Key(1), None));
        Assert.Null(await cache.FindAsync(Key(2), None));
    });

    [Fact]
    public Task A_token_is_asked_for_once_and_again_when_it_ran_out_or_was_refused() => WithAsync(async one =>
    {
        var (tokens, asked) = (one.Get<AccessTokens>(), 0);
        Task<AccessToken> Ask(CancellationToken _) => Task.FromResult(new AccessToken($"token-{Interlocked.Increment(ref asked)}", TimeProvider.System.GetUtcNow().AddHours(1)));

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tokens.GetAsync("mailbox/1/imap", Ask, None)));

        Assert.All(all, token => Assert.Equal("token-1", token));
        Assert.Equal("token-2", await tokens.GetAsync("mailbox/2/imap", Ask, None));
        await tokens.RefusedAsync("mailbox/1/imap", None);
        Assert.Equal("token-3", await tokens.GetAsync("mailbox/1/imap", Ask, None));
        var short1 = await tokens.GetAsync("short", _ => Task.FromResult(new AccessToken("nearly over", TimeProvider.System.GetUtcNow() + AccessTokens.Least - TimeSpan.FromSeconds(1))), None);
        Assert.Equal(("nearly over", "token-4"), (short1, await tokens.GetAsync("short", Ask, None)));
    });

    [Fact]
    public Task A_bucket_gives_its_burst_at_once_and_then_evenly() => WithAsync(async one =>
    {
        var limit = one.Get<IRateLimit>();
        var rate = new Rate(1, 5);

        var taken = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => limit.TakeAsync("p", rate, None)));

        Assert.Equal(5, taken.Count(wait => wait == TimeSpan.Zero));
        Assert.All(taken.Where(wait => wait > TimeSpan.Zero), wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(61)));
        Assert.Equal(TimeSpan.Zero, await limit.TakeAsync("other", rate, None));
        var fast = new Rate(6000, 1);
        Assert.Equal(TimeSpan.Zero, await limit.TakeAsync("fast", fast, None));
        // As long as it says, and it is there.
        await Wait.UntilAsync(async () => await limit.TakeAsync("fast", fast, None) is var wait && wait == TimeSpan.Zero, "a permit flowed in");
    });

    [Fact]
    public Task What_one_process_finds_dead_the_other_leaves_alone_and_one_of_all_tries() => WithAsync(async (one, other) =>
    {
        var (mine, theirs) = (one.Get<IBreakerStore>(), other.Get<IBreakerStore>());
        Assert.Equal(BreakerState.Closed, (await theirs.ReadAsync("p", None)).State);

        await mine.FailedAsync("p", "one", Breaker, null, None);
        await mine.FailedAsync("p", "two", Breaker, null, None);

        var seen = await theirs.ReadAsync("p", None);
        Assert.Equal((BreakerState.Open, 2, "two", false), (seen.State, seen.Failures, seen.Reason, seen.LetsThrough));
        Assert.InRange(seen.Left!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(1));
        Assert.InRange((await theirs.ReadAsync("p", None)).Left!.Value, TimeSpan.FromSeconds(50), seen.Left.Value);
        await mine.FailedAsync("q", "429", Breaker, TimeSpan.FromMilliseconds(1), None);
        await one.ExecuteAsync("update model_breaker set open_until = now() where provider = 'q'");
        var tries = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => (n % 2 == 0 ? mine : theirs).TryAsync("q", TimeSpan.FromMinutes(1), None)));
        Assert.Single(tries, t => t);
        Assert.Equal(BreakerState.HalfOpen, (await theirs.ReadAsync("q", None)).State);
        await theirs.SucceededAsync("q", None);
        Assert.Equal((BreakerState.Closed, 0), (await mine.ReadAsync("q", None)) is var well ? (well.State, well.Failures) : default);
        await mine.ForceAsync("q", BreakerForce.Open, "Olga", "", None);
        Assert.Equal((BreakerForce.Open, "Olga"), (await theirs.ReadAsync("q", None)) is var held ? (held.Force, held.ForcedBy) : default);
        Assert.Equal(["p", "q"], (await theirs.AllAsync(None)).Select(b => b.Provider));
    });

    private (string, string)[] Last { get; set; } = [];

    private Task WithAsync(Func<TestStore, Task> test, params (string, string)[] settings) => WithAsync((one, _) => test(one), settings);

    private async Task WithAsync(Func<TestStore, TestStore, Task> test, params (string, string)[] settings)
    {
        if (Settings(GetType().Name) is not { } twin) return;
        Last = [.. twin, .. settings];
        await using var one = await TestStore.CreateAsync(postgres, Last);
        await using var other = await TestStore.OpenAsync(one.ConnectionString, Last);
        await UpAsync(one);
        await UpAsync(other);
        await test(one, other);
    }

    private protected static async Task UpAsync(TestStore store)
    {
        if (store.Find<RedisLink>() is { } link) Assert.True(await link.IsUpWithinAsync(TimeSpan.FromSeconds(30), None), link.State.Health().Detail);
    }

    private static byte[] Key(byte first) => [first, .. new byte[31]];
}

public sealed class WithRedisTests(PostgresFixture postgres, RedisFixture redis) : TwinTests(postgres), IClassFixture<PostgresFixture>, IClassFixture<RedisFixture>
{
    private protected override (string Key, string Value)[]? Settings(string test) => redis.TryGet(out var server, test) ? RedisFixture.Settings(server) : null;
}

public sealed class WithoutRedisTests(PostgresFixture postgres) : TwinTests(postgres), IClassFixture<PostgresFixture>
{
    private protected override (string Key, string Value)[] Settings(string test) => [];
}
