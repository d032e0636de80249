using System.Collections.Concurrent;
using System.Diagnostics;
using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Ollama;
using EmailOps.Core.LanguageModels.OpenAi;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.ServiceDefaults;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.LanguageModels;

/// <summary>What goes over the wire and comes back, in both protocols.</summary>
public sealed class ProtocolTests(SharedDatabase database) : IClassFixture<SharedDatabase>, IDisposable
{
    private readonly ModelHttp _http = new(1_000_000);

    public void Dispose() => _http.Dispose();

    private static readonly ChatOptions Full = new()
    {
        Instructions = "Be brief.", Temperature = 0.5f, Seed = 7, TopP = 0.9f, MaxOutputTokens = 50, StopSequences = ["END"],
        ResponseFormat = ChatResponseFormat.ForJsonSchema(System.Text.Json.JsonDocument.Parse("""{"type":"object","properties":{"a":{"type":"boolean"}}}""").RootElement, "answer"),
    };

    [Fact]
    public async Task Ollama_is_asked_in_its_own_words_and_its_figures_come_back_true()
    {
        await using var server = await StandInOllama.StartAsync(_ => ModelSays.Text("""{"a":true}"""));

        var response = await Ollama(server).GetResponseAsync("hello", Full);

        var body = Assert.Single(server.Asked).Body;
        Assert.Equal("""[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}]""", body.GetProperty("messages").GetRawText());
        Assert.Equal("object", body.GetProperty("format").GetProperty("type").GetString());
        Assert.Equal((false, 1800), (body.GetProperty("stream").GetBoolean(), body.GetProperty("keep_alive").GetInt32()));
        var options = body.GetProperty("options");
        Assert.Equal((4096, 7, 50, "END", 0.5), (options.GetProperty("num_ctx").GetInt32(), options.GetProperty("seed").GetInt32(), options.GetProperty("num_predict").GetInt32(), options.GetProperty("stop")[0].GetString(), options.GetProperty("temperature").GetDouble()));
        Assert.Equal(("llama3.2:3b", ChatFinishReason.Stop, 5L, 3L), (response.ModelId, response.FinishReason!.Value, response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value));
        Assert.Equal(TimeSpan.FromSeconds(1.5), response.AdditionalProperties!["total_duration"]);
    }

    [Fact]
    public async Task What_a_caller_says_of_context_keeping_and_thinking_wins()
    {
        await using var server = await StandInOllama.StartAsync();

        await Ollama(server).GetResponseAsync("hello", new ChatOptions { AdditionalProperties = new() { ["num_ctx"] = 1024, ["keep_alive"] = -1, ["think"] = true } });

        var body = Assert.Single(server.Asked).Body;
        Assert.Equal((1024, -1, true), (body.GetProperty("options").GetProperty("num_ctx").GetInt32(), body.GetProperty("keep_alive").GetInt32(), body.GetProperty("think").GetBoolean()));
    }

    [Fact]
    public async Task An_openai_compatible_server_is_asked_in_its_words_with_the_key()
    {
        await using var server = await StandInOllama.StartAsync(_ => ModelSays.TooLong("""{"a":tr"""));

        var response = await OpenAi(server).GetResponseAsync("hello", Full);

        var asked = Assert.Single(server.Asked);
        Assert.Equal("Bearer sk-secret", asked.Authorization);
        Assert.Equal((50, true, "answer"), (asked.Body.GetProperty("max_tokens").GetInt32(), asked.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("strict").GetBoolean(), asked.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("name").GetString()));
        Assert.Equal(("system", "Be brief."), asked.Messages[0]);
        Assert.Equal((ChatFinishReason.Length, 5L, 2L), (response.FinishReason!.Value, response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_streamed_answer_comes_in_pieces_and_ends_with_its_figures(bool isOpenAi)
    {
        await using var server = await StandInOllama.StartAsync(_ => ModelSays.Text("The parcel – größer als gedacht – left on Monday."));

        var updates = await (isOpenAi ? (IChatClient)OpenAi(server) : Ollama(server)).GetStreamingResponseAsync("hello").ToListAsync();

        Assert.True(updates.Count > 5);
        var whole = updates.ToChatResponse();
        Assert.Equal(("The parcel – größer als gedacht – left on Monday.", ChatFinishReason.Stop, 2L, 13L), (whole.Text, whole.FinishReason!.Value, whole.Usage!.InputTokenCount!.Value, whole.Usage.OutputTokenCount!.Value));
        Assert.True(server.Asked.Single().Stream);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_texts_are_embedded_in_batches_and_keep_their_order(bool isOpenAi)
    {
        await using var server = await StandInOllama.StartAsync();
        var texts = Enumerable.Range(0, 150).Select(i => $"text number {i}").ToList();
        IEmbeddingGenerator<string, Embedding<float>> generator = isOpenAi
            ? new OpenAiEmbeddingGenerator(new OpenAiApi(_http.For(server.OpenAiAddress), server.OpenAiAddress, "sk", TimeProvider.System), "nomic-embed-text")
            : new OllamaEmbeddingGenerator(new OllamaApi(_http.For(server.Address), server.Address, TimeProvider.System), "nomic-embed-text", new OllamaSettings(4096, 1800, _ => false));

        var vectors = await generator.GenerateAsync(texts);

        Assert.Equal((150, 3), (vectors.Count, server.Embedded.Count));
        Assert.All(texts.Zip(vectors), pair => Assert.Equal(StandInRoutes.Vector(pair.First), pair.Second.Vector.ToArray()));
        Assert.Equal(texts.Sum(ChatAnswers.Tokens), vectors.Usage!.InputTokenCount);
    }

    [Theory]
    [InlineData("""{"model":"m","embeddings":[]}""")]
    [InlineData("""{"model":"m","embeddings":[[1,2],[1]]}""")]
    [InlineData("""{"model":"m","embeddings":[[],[]]}""")]
    [InlineData("""{"model":"m","embeddings":[[1,1e999],[1,2]]}""")]
    [InlineData("""{"model":"m","embeddings":[null,[1,2]]}""")]
    public async Task Vectors_that_are_none_are_refused(string answer)
    {
        await using var server = await StandInOllama.StartAsync();
        server.Embedding = _ => ModelSays.Raw("application/json", answer);

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => new OllamaEmbeddingGenerator(new OllamaApi(_http.For(server.Address), server.Address, TimeProvider.System), "m", new OllamaSettings(4096, null, _ => false)).GenerateAsync(["a", "b"]));

        Assert.Equal(ModelFailure.BadAnswer, failure.Reason);
    }

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("0", 0.0)]
    [InlineData("Fri, 02 Jan 2026 00:01:00 GMT", 60.0)]
    [InlineData("Thu, 01 Jan 2026 00:00:00 GMT", 0.0)]
    [InlineData("99999999999999999999", 86_400.0)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public void The_time_to_wait_is_read_in_seconds_and_as_a_date(string header, double? seconds)
        => Assert.Equal(seconds, ModelHttp.RetryAfter(header, new FixedTime(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)))?.TotalSeconds);

    [Fact]
    public async Task Neither_questions_nor_answers_nor_keys_get_into_logs_and_spans()
    {
        await using var server = await StandInOllama.StartAsync(a => a.Last.Contains("fail", StringComparison.Ordinal) ? ModelSays.Status(500, a.Last) : ModelSays.Text("the answer is plover"));
        var (lines, spans) = (new ConcurrentQueue<string>(), new ConcurrentQueue<Activity>());
        using var listener = new ActivityListener { ShouldListenTo = s => s.Name is ModelTelemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        var configuration = new ConfigurationManager { ["ConnectionStrings:emailops"] = database.ConnectionString, ["LanguageModels:FindLocal"] = "false", ["LanguageModels:RetryPause"] = "00:00:00", [StandInOllama.Patient.Key] = StandInOllama.Patient.Value };
        foreach (var (key, value) in new[] { ("Kind", "OpenAi"), ("Name", "quiet"), ("Endpoint", server.OpenAiAddress.AbsoluteUri), ("Model", "llama3.2:3b"), ("ApiKey", "sk-xyzzy") }) configuration[$"LanguageModels:Providers:0:{key}"] = value;
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(new Lines(lines))).AddEmailOpsStore(configuration).BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync();
        var router = services.GetRequiredService<ModelRouter>();

        await router.GetResponseAsync("where is frobozz", new ChatOptions().About(new ModelAsk("quiet/1") { UseCache = false }));
        await Assert.ThrowsAsync<LanguageModelException>(() => router.GetResponseAsync("fail frobozz", new ChatOptions().About(new ModelAsk("quiet/1") { UseCache = false })));

        var mine = spans.Where(s => s.GetTagItem("emailops.prompt") is "quiet/1").ToList();
        Assert.Equal(["ok", "ServerError"], mine.Select(s => s.GetTagItem("error.type") ?? "ok"));
        Assert.Equal(("chat llama3.2:3b", "chat", "openai", "llama3.2:3b"), (mine[0].DisplayName, mine[0].GetTagItem("gen_ai.operation.name"), mine[0].GetTagItem("gen_ai.provider.name"), mine[0].GetTagItem("gen_ai.response.model")));
        Assert.Contains(lines, l => l.Contains("quiet gave no answer to quiet/1", StringComparison.Ordinal));
        foreach (var text in lines.Concat(mine.SelectMany(s => s.TagObjects.Select(t => $"{t.Value}")).Concat(mine.SelectMany(s => s.Events.Select(e => e.Name)))))
            Assert.All(["frobozz", "plover", "sk-xyzzy"], secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_ollama_on_this_machine_is_found_without_configuration_and_never_waited_for()
    {
        await using var server = await StandInOllama.StartAsync();
        await using var there = await TestStore.OpenAsync(database.ConnectionString, ("LanguageModels:FindLocal", "true"), ("LanguageModels:LocalEndpoint", server.Address.AbsoluteUri), StandInOllama.Patient);
        await using var nobody = await TestStore.OpenAsync(database.ConnectionString, ("LanguageModels:FindLocal", "true"), ("LanguageModels:LocalEndpoint", StandInOllama.Nobody().AbsoluteUri));
        Assert.False(there.Get<ModelRouter>().CanChat); // not looked yet

        var found = Assert.Single(await there.Get<ModelRoster>().ReadyAsync(CancellationToken.None));

        Assert.Equal((ModelRoster.FoundName, true, "llama3.2:3b"), (found.Name, found.IsFound, found.ChatModel));
        Assert.Empty(await nobody.Get<ModelRoster>().ReadyAsync(CancellationToken.None));
        Assert.Equal("not configured", ModelStatus.Health(await nobody.Get<ModelStatus>().ViewAsync(CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Connection_strings_of_the_other_topology_name_the_models()
    {
        await using var server = await StandInOllama.StartAsync();
        await using var store = await TestStore.OpenAsync(database.ConnectionString, ("ConnectionStrings:chat", $"Endpoint={server.Address};Model=llama3.2:3b"), ("ConnectionStrings:embeddings", $"Endpoint={server.Address};Model=nomic-embed-text"), StandInOllama.Patient);

        var provider = Assert.Single(await store.Get<ModelRoster>().ReadyAsync(CancellationToken.None));

        Assert.Equal((server.Address, "llama3.2:3b", "nomic-embed-text:latest", null), (provider.Endpoint, provider.ChatModel, provider.EmbeddingModel, provider.Problem));
    }

    private OllamaChatClient Ollama(StandInOllama server) => new(new OllamaApi(_http.For(server.Address), server.Address, TimeProvider.System), "llama3.2:3b", new OllamaSettings(4096, 1800, _ => false));

    private OpenAiChatClient OpenAi(StandInOllama server) => new(new OpenAiApi(_http.For(server.OpenAiAddress), server.OpenAiAddress, "sk-secret", TimeProvider.System), "llama3.2:3b");

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
