using System.Text.RegularExpressions;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Core.Mailboxes;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EmailOps.Tests.Redis;

/// <summary>What lies in Redis, what providers are asked because of it, and how it is set up.</summary>
public sealed partial class RedisContentTests(PostgresFixture postgres, RedisFixture redis) : IClassFixture<PostgresFixture>, IClassFixture<RedisFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Keys_are_hashes_everything_has_an_end_and_tokens_are_sealed()
    {
        if (!redis.TryGet(out var server)) return;
        var settings = RedisFixture.Settings(server);
        await using var store = await TestStore.CreateAsync(postgres, settings);
        Assert.True(await store.Get<RedisLink>().IsUpWithinAsync(TimeSpan.FromSeconds(30), None));

        await store.Get<ITokenCache>().KeepAsync("mailbox/secret-name/imap", new AccessToken("secret-token-value", TimeProvider.System.GetUtcNow().AddHours(1)), None);
        await store.Get<ITokenCache>().FindAsync("mailbox/secret-name/imap", None);
        await store.Get<IAnswerCache>().KeepAsync(new byte[32], "judge/1", new CachedAnswer("m", "a", 1, 1), None);
        await store.Get<IVectorCache>().KeepAsync(VectorKey.Of("m", "a secret question"), [1, 2], None);
        await store.Get<IRateLimit>().TakeAsync("secret-provider", new Rate(1, 1), None);
        await store.Get<IBreakerStore>().FailedAsync("secret-provider", "dead", new(), null, None);
        await store.Get<IBreakerStore>().ReadAsync("secret-provider", None);

        var prefix = settings.First(s => s.Key == "Redis:Prefix").Value;
        var keys = Regex.Matches(await server.AskAsync("KEYS", $"{{{prefix}}}:*"), @"\{test-\S+").Select(m => m.Value).ToList();
        Assert.Equal(10, keys.Count); // three caches with their indexes, a count of hits, a bucket, a breaker and its count of changes
        Assert.All(keys, key => Assert.Matches(KeyForm(), key[(prefix.Length + 1)..]));
        foreach (var key in keys)
        {
            Assert.Matches(@"^:([1-9]\d*|-2)\r\n$", await server.AskAsync("PTTL", key));
            var value = await server.AskAsync("GET", key);
            Assert.DoesNotContain("secret-", value.Replace("\"Provider\":\"secret-provider\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from model_answer"));
    }

    [Fact]
    public async Task All_processes_together_keep_to_a_providers_questions_a_minute_and_each_by_itself_without_Redis()
    {
        if (!redis.TryGet(out var server)) return;
        await using var ollama = await StandInOllama.StartAsync();
        (string, string)[] limited = [.. ollama.Settings, ("LanguageModels:Providers:0:RequestsPerMinute", "1"), ("LanguageModels:Patience", "00:00:05")];
        (string, string)[] shared = [.. limited, .. RedisFixture.Settings(server)];
        await using var one = await TestStore.CreateAsync(postgres, shared);
        await using var other = await TestStore.OpenAsync(one.ConnectionString, shared);
        await using var alone = await TestStore.OpenAsync(one.ConnectionString, limited);
        Assert.True(await one.Get<RedisLink>().IsUpWithinAsync(TimeSpan.FromSeconds(30), None) && await other.Get<RedisLink>().IsUpWithinAsync(TimeSpan.FromSeconds(10), None));
        Assert.Equal("Yes.", (await AskAsync(one)).Text);

        var refused = await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(other));

        Assert.Equal((ModelFailure.NoPermit, 1), (refused.Reason, ollama.Asked.Count));
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        Assert.Equal(0, (await other.Get<IBreakerStore>().ReadAsync("stand-in", None)).Failures);
        Assert.Equal(0, await one.AskAsync<long>("select tokens_reserved from model_spend where mailbox_id = 0"));
        Assert.Equal("Yes.", (await AskAsync(alone)).Text);

        static Task<ChatResponse> AskAsync(TestStore store) => store.Get<IChatClient>().GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { UseCache = false }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_question_is_made_a_vector_once_and_only_what_is_new_is_asked(bool withRedis)
    {
        if (!redis.TryGet(out var server)) return;
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, .. withRedis ? RedisFixture.Settings(server) : []]);
        if (store.Find<RedisLink>() is { } link) Assert.True(await link.IsUpWithinAsync(TimeSpan.FromSeconds(30), None));
        var first = await EmbedAsync("how long does a refund take", "where is my parcel");

        var again = await EmbedAsync("where is my parcel", "something new", "how long does a refund take");

        Assert.Equal([2, 1], ollama.Embedded.Select(e => e.Body.GetProperty("input").GetArrayLength()));
        Assert.Equal(3, again.Count);
        Assert.Equal(first[0], again[2]);
        Assert.Equal(first[1], again[0]);
        await store.Get<Caches>().ClearAsync("Olga", None);
        await EmbedAsync("where is my parcel");
        Assert.Equal(3, ollama.Embedded.Count);

        async Task<List<float[]>> EmbedAsync(params string[] texts)
            => [.. (await store.Get<EmbeddingRouter>().GenerateAsync(texts, new EmbeddingGenerationOptions().About(new ModelAsk("question/1")))).Select(e => e.Vector.ToArray())];
    }

    [Theory]
    [InlineData("host:1,user=me,password=topsecret", "knows no user names")]
    [InlineData("host:1,connectTimeout=topsecret", "the value of \"connectTimeout\" cannot be used")]
    [InlineData("host:1,password=abc,topsecret=topsecret", "a comma in the password?")]
    [InlineData("http://topsecret@host", "is not the address of a Redis server")]
    [InlineData("redis://:topsecret@host/mail", "a database that is no number")]
    [InlineData("password=topsecret", "names no server")]
    public void What_cannot_be_read_is_told_with_the_key_and_without_the_password(string text, string problem)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => RedisAddress.Read(text, new RedisOptions()));
        Assert.Contains("ConnectionStrings__redis (REDIS_URL)", failure.Message, StringComparison.Ordinal);
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_are_read_in_both_notations()
    {
        var address = RedisAddress.Read("rediss://default:p%40ss,word@cache.example:6380/3", new RedisOptions());
        Assert.Equal(("p@ss,word", true, 3, "cache.example"), (address.Password, address.Ssl, address.DefaultDatabase, address.SslHost));
        Assert.Equal("Unspecified/cache.example:6380", Assert.Single(address.EndPoints).ToString());
        var plain = RedisAddress.Read("localhost:6379,password=abc", new RedisOptions());
        Assert.Equal(("abc", false, true), (plain.Password, plain.Ssl, plain.AbortOnConnectFail));
        foreach (var (key, value) in ((string, string)[])[("ConnectionStrings:redis", "redis://:p%40ss,word@cache:1"), ("REDIS_URL", "redis://u:p%40ss,word@cache:1"), ("ConnectionStrings:redis", "cache:1,password=p@ss")])
            Assert.DoesNotContain("p@ss", SecretMask.From(new ConfigurationManager { [key] = value }).Apply($"{value} p@ss,word"), StringComparison.Ordinal);
        Assert.All(new[] { new RedisOptions { Prefix = "a b" }, new() { Patience = TimeSpan.Zero }, new() { BeatEvery = TimeSpan.Zero }, new() { ConnectPatience = TimeSpan.Zero }, new() { LongestPause = TimeSpan.Zero } }, o => Assert.Contains("Redis:", o.Problem()!, StringComparison.Ordinal));
        Assert.Null(new RedisOptions().Problem());
    }

    [Fact]
    public async Task The_short_name_is_read_and_the_command_line_clears_what_Redis_holds()
    {
        if (!redis.TryGet(out var server)) return;
        var settings = RedisFixture.Settings(server);
        await using var store = await TestStore.CreateAsync(postgres, settings);
        Assert.True(await store.Get<RedisLink>().IsUpWithinAsync(TimeSpan.FromSeconds(30), None));
        await store.Get<IAnswerCache>().KeepAsync(new byte[32], "judge/1", new CachedAnswer("m", "a", 1, 1), None);

        var done = await OwnProcess.RunAsync("emailops", ["clear-cache"], ("ConnectionStrings__emailops", store.ConnectionString), ("REDIS_URL", $"redis://{server.Address}"), ("Redis__Prefix", settings.First(s => s.Key == "Redis:Prefix").Value), ("SECRETS_KEY", TestStore.SecretsKey));

        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.Contains("1 answers", done.Output, StringComparison.Ordinal);
        await Wait.UntilAsync(async () => await store.Get<IAnswerCache>().FindAsync(new byte[32], None) is null, "it is forgotten");
    }

    [GeneratedRegex("^\\}:1:(rate|breaker|breaker-change|(answers|vectors|tokens):[0-9]+):[0-9a-f]{40}$|^\\}:1:(answers|vectors|tokens):(index|hits)$")]
    private static partial Regex KeyForm();
}
