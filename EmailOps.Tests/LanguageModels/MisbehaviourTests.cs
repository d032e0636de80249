using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

/// <summary>Everything a model server can do to us, over real HTTP and both protocols: a failure with its reason, in time, and the next provider answers.</summary>
public sealed class MisbehaviourTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const string Secret = "my card is 4111 1111 1111 1111";

    /// <summary>Breakers go by name: each test has its own.</summary>
    private readonly string _bad = $"bad-{Guid.NewGuid():n}";

    internal static readonly Dictionary<string, (Func<AskedModel, ModelSays> Says, ModelFailure Expected)> Faults = new()
    {
        ["model missing"] = (a => ModelSays.Missing(a.Model), ModelFailure.ModelMissing),
        ["error 500"] = (_ => ModelSays.Status(500, "model runner has unexpectedly stopped"), ModelFailure.ServerError),
        ["error 500 that repeats the question"] = (a => ModelSays.Status(500, a.Last), ModelFailure.ServerError),
        ["error 503 as a page"] = (_ => ModelSays.Raw("text/html", "<html>Bad gateway</html>", 503), ModelFailure.ServerError),
        ["429 for an hour"] = (_ => ModelSays.RateLimited("3600"), ModelFailure.RateLimited),
        ["429 until a date"] = (_ => ModelSays.RateLimited(TimeProvider.System.GetUtcNow().AddHours(2).ToString("r")), ModelFailure.RateLimited),
        ["429 without a time"] = (_ => ModelSays.RateLimited(null), ModelFailure.RateLimited),
        ["key refused"] = (_ => ModelSays.Status(401, "bad key"), ModelFailure.Refused),
        ["question too long"] = (_ => ModelSays.Status(400, "context length exceeded"), ModelFailure.BadQuestion),
        ["redirect"] = (_ => ModelSays.Status(302, "", ("Location", "http://example.invalid/")), ModelFailure.BadAnswer),
        ["never answering"] = (_ => ModelSays.Nothing, ModelFailure.TimedOut),
        ["slow"] = (_ => ModelSays.After(TimeSpan.FromMinutes(5), ModelSays.Text("late")), ModelFailure.TimedOut),
        ["endless"] = (_ => ModelSays.Endless, ModelFailure.TooLarge),
        ["dripping without an end"] = (_ => ModelSays.Dripping, ModelFailure.TimedOut),
        ["cut JSON"] = (_ => ModelSays.CutJson, ModelFailure.BadAnswer),
        ["connection cut"] = (_ => ModelSays.CutBody, ModelFailure.BadAnswer),
        ["wrong content type"] = (_ => ModelSays.Raw("text/html", "<html>Welcome to the hotel</html>"), ModelFailure.BadAnswer),
        ["no message"] = (_ => ModelSays.Raw("application/json", "{}"), ModelFailure.BadAnswer),
        ["a list"] = (_ => ModelSays.Raw("application/json", "[1,2]"), ModelFailure.BadAnswer),
        ["null"] = (_ => ModelSays.Raw("application/json", "null"), ModelFailure.BadAnswer),
        ["empty"] = (_ => ModelSays.Raw("application/json", ""), ModelFailure.BadAnswer),
        ["other types"] = (_ => ModelSays.Raw("application/json", """{"message":{"content":7},"choices":[{"message":7}],"done":true}"""), ModelFailure.BadAnswer),
        ["huge"] = (_ => ModelSays.Huge(300_000), ModelFailure.TooLarge),
        ["an unknown charset"] = (_ => ModelSays.Raw("application/json; charset=nonsense", "{}"), ModelFailure.BadAnswer),
    };

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var fault in Faults.Keys)
            foreach (var kind in Enum.GetNames<ProviderKind>()) cases.Add(fault, kind);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_fault_has_its_reason_and_the_next_provider_answers(string fault, string kind)
    {
        await using var bad = await StandInOllama.StartAsync(Faults[fault].Says);
        await using var good = await StandInOllama.StartAsync(_ => ModelSays.Text("fine"));
        // A silent one is not waited for twice here: its breaker opens at once.
        var isSilent = Faults[fault].Expected == ModelFailure.TimedOut;
        await using var store = await StoreAsync(kind, bad, good, ("LanguageModels:Breaker:Failures", isSilent ? "1" : "3"));

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => AloneAsync(store, isSilent ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(30)));
        var response = await store.Get<ModelRouter>().GetResponseAsync(Secret, new ChatOptions().About(new ModelAsk("t/1") { Patience = TimeSpan.FromSeconds(60), UseCache = false }));

        Assert.Equal(Faults[fault].Expected, failure.Reason);
        Assert.DoesNotContain("4111", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(("fine", "good"), (response.Text, ModelCall.Of(response)!.Provider));
        Assert.Equal(0, await store.AskAsync<long>("select coalesce(sum(tokens_reserved), 0)::bigint from model_spend"));
    }

    public static TheoryData<string, string> Streams()
    {
        var cases = new TheoryData<string, string>();
        foreach (var fault in new[] { "error 500", "connection cut", "endless", "dripping without an end", "wrong content type", "model missing" })
            foreach (var kind in Enum.GetNames<ProviderKind>()) cases.Add(fault, kind);
        cases.Add("never answering", nameof(ProviderKind.Ollama)); // waits for half of the patience
        return cases;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_streamed_answer_that_goes_wrong_ends_and_only_a_whole_one_counts(string fault, string kind)
    {
        await using var bad = await StandInOllama.StartAsync(Faults[fault].Says);
        await using var good = await StandInOllama.StartAsync(_ => ModelSays.Text("This is all fine."));
        await using var store = await StoreAsync(kind, bad, good);
        await store.Get<ModelRoster>().ReadyAsync(CancellationToken.None);

        var said = new List<ChatResponseUpdate>();
        LanguageModelException? failure = null;
        try
        {
            await foreach (var update in store.Get<ModelRouter>().GetStreamingResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { Patience = fault == "never answering" ? TimeSpan.FromSeconds(8) : fault.StartsWith("dripping", StringComparison.Ordinal) ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(60) }))) said.Add(update);
        }
        catch (LanguageModelException broken)
        {
            failure = broken;
        }

        // What has begun cannot be taken back; what has not is asked of the next.
        if (fault is "connection cut" or "endless" or "dripping without an end") Assert.Equal(Faults[fault].Expected, failure!.Reason);
        else Assert.Equal("This is all fine.", string.Concat(said.Select(u => u.Text)));
        Assert.Equal(0, await store.AskAsync<long>("select coalesce(sum(tokens_reserved), 0)::bigint from model_spend"));
    }

    [Fact]
    public async Task Nobody_listening_is_told_at_once_and_opens_the_breaker()
    {
        await using var store = await TestStore.OpenAsync(database.ConnectionString, [("LanguageModels:Providers:0:Kind", "OpenAi"), ("LanguageModels:Providers:0:Name", _bad), ("LanguageModels:Providers:0:Endpoint", StandInOllama.Nobody().AbsoluteUri), ("LanguageModels:Providers:0:Model", "m"),
            ("LanguageModels:RetryPause", "00:00:00")]);

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => AloneAsync(store, TimeSpan.FromSeconds(30)));
        var again = await Assert.ThrowsAsync<LanguageModelException>(() => AloneAsync(store, TimeSpan.FromSeconds(30)));

        Assert.Equal((ModelFailure.Unreachable, ModelFailure.BreakerOpen), (failure.Reason, again.Reason));
        Assert.False(store.Get<ModelRouter>().CanChat);
    }

    [Theory]
    [InlineData("Ollama")]
    [InlineData("OpenAi")]
    public async Task A_short_wait_that_the_server_asks_for_is_kept_and_no_fault(string kind)
    {
        var calls = 0;
        await using var server = await StandInOllama.StartAsync(_ => Interlocked.Increment(ref calls) == 1 ? ModelSays.RateLimited("1") : ModelSays.Text("now"));
        await using var good = await StandInOllama.StartAsync(_ => ModelSays.Text("other"));
        await using var store = await StoreAsync(kind, server, good);
        var began = TimeProvider.System.GetTimestamp();

        var response = await store.Get<ModelRouter>().GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { UseCache = false }));

        Assert.Equal(("now", 2), (response.Text, ModelCall.Of(response)!.Attempts));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(900));
        Assert.Equal(0, (await store.Get<IBreakerStore>().ReadAsync(_bad, CancellationToken.None)).Failures);
    }

    [Fact]
    public async Task A_caller_who_gives_up_hears_of_nothing_else_and_the_server_is_let_go()
    {
        await using var server = await StandInOllama.StartAsync(_ => ModelSays.Nothing);
        await using var store = await TestStore.OpenAsync(database.ConnectionString, server.Settings);
        using var stop = new CancellationTokenSource();

        var asking = store.Get<ModelRouter>().GetResponseAsync("hello", null, stop.Token);
        await Wait.UntilAsync(() => Task.FromResult(!server.Asked.IsEmpty), "the server is asked");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Wait.UntilAsync(() => Task.FromResult(server.Abandoned == 1), "the server sees it");
        Assert.Equal(BreakerState.Closed, (await store.Get<IBreakerStore>().ReadAsync("stand-in", CancellationToken.None)).State);
    }

    private async Task<ChatResponse> AloneAsync(TestStore store, TimeSpan patience)
    {
        var provider = (await store.Get<ModelRoster>().ReadyAsync(CancellationToken.None)).First(p => p.Name == _bad);
        return await store.Get<ProviderCalls>().AskAsync(provider, new Question([new ChatMessage(ChatRole.User, Secret)], null, new ModelAsk("t/1")), new Deadline(patience, TimeProvider.System), CancellationToken.None);
    }

    private Task<TestStore> StoreAsync(string kind, StandInOllama bad, StandInOllama good, params (string, string)[] more) => TestStore.OpenAsync(database.ConnectionString,
    [
        ("LanguageModels:Providers:0:Kind", kind), ("LanguageModels:Providers:0:Name", _bad), ("LanguageModels:Providers:0:Model", "llama3.2:3b"), ("LanguageModels:Providers:0:ApiKey", "sk-test"),
        ("LanguageModels:Providers:0:Endpoint", kind == "Ollama" ? bad.Address.AbsoluteUri : bad.OpenAiAddress.AbsoluteUri),
        ("LanguageModels:Providers:1:Kind", "Ollama"), ("LanguageModels:Providers:1:Name", "good"), ("LanguageModels:Providers:1:Endpoint", good.Address.AbsoluteUri),
        ("LanguageModels:MaxAnswerBytes", "200000"), StandInOllama.Patient, ("LanguageModels:RetryPause", "00:00:00.010"), ("LanguageModels:Breaker:FairTime", "00:00:00"), .. more,
    ]);
}

/// <summary>One database for all tests of a class that keep out of each other's rows.</summary>
public sealed class SharedDatabase : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync() => ConnectionString = await _postgres.CreateDatabaseAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();
}
