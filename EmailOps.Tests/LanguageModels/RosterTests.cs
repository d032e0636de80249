using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Ollama;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

public sealed class RosterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static InstalledModel Model(string name, double? billions, params string[] capabilities) => new(name, null, billions, 1000, null, capabilities.Length > 0 ? capabilities : null, false);

    [Theory]
    [InlineData("a:3b", "a:3b,3;b:1b,1")]
    [InlineData("mid:8b", "big:70b,70;mid:8b,8;small:1b,1")]
    [InlineData("least:14b", "big:70b,70;least:14b,14")]
    [InlineData("llama3.2:3b", "qwen2.5-coder:7b,7;llama3.2:3b,3;llava:7b,7")]
    [InlineData("codellama:7b", "codellama:7b,7;nomic-embed-text:latest,0.137;bge-m3:latest,0.5;all-minilm:latest,0.02")]
    [InlineData(null, "nomic-embed-text:latest,0.137")]
    [InlineData(null, "")]
    public void The_largest_comfortable_chat_model_is_asked(string? expected, string installed)
    {
        var models = installed.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(m => m.Split(',')).Select(m => Model(m[0], double.Parse(m[1], System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(expected, ModelChoice.ForChat(models)?.Name);
    }

    [Fact]
    public void What_a_model_can_do_counts_more_than_its_name_and_what_runs_elsewhere_is_never_chosen()
    {
        var odd = Model("my-embed-chat:7b", 7, "completion");
        var plain = Model("plain:1b", 1, "embedding");
        var cloud = Model("gpt-oss:120b-cloud", 8, "completion") with { IsElsewhere = true };

        Assert.Equal(odd, ModelChoice.ForChat([plain, cloud, odd]));
        Assert.Equal(plain, ModelChoice.ForEmbeddings([odd, cloud, plain]));
        Assert.Null(ModelChoice.ForChat([cloud]));
    }

    [Theory]
    [InlineData("3.2B", 3.2)]
    [InlineData("137M", 0.137)]
    [InlineData("8x7B", 56.0)]
    [InlineData("", null)]
    [InlineData("B", null)]
    [InlineData("many", null)]
    public void Sizes_are_read_as_ollama_writes_them(string text, double? billions) => Assert.Equal(billions, ModelChoice.Billions(text) is { } b ? Math.Round(b, 6) : null);

    [Theory]
    [InlineData("http://127.0.0.1:11434", true)]
    [InlineData("http://[::1]:11434", true)]
    [InlineData("http://ollama:11434", true)]
    [InlineData("http://10.1.2.3", true)]
    [InlineData("http://172.31.0.1", true)]
    [InlineData("http://172.32.0.1", false)]
    [InlineData("http://192.168.1.5", true)]
    [InlineData("http://[fd00::1]", true)]
    [InlineData("http://[2001:db8::1]", false)]
    [InlineData("https://api.openai.com/v1", false)]
    [InlineData("https://10.example.com", false)]
    public void Whether_text_leaves_the_house_is_told_by_the_address(string address, bool isNear) => Assert.Equal(isNear, ProviderPlace.IsNear(new Uri(address)));

    [Fact]
    public async Task Models_that_come_and_go_are_noticed_and_what_is_missing_has_its_command()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("LanguageModels:Providers:0:Model", "mistral")]);
        var roster = store.Get<ModelRoster>();
        var provider = Assert.Single(await roster.ReadyAsync(CancellationToken.None));
        Assert.Equal((null, "nomic-embed-text:latest", "0.32.15"), (provider.ChatModel, provider.EmbeddingModel, provider.Look!.Version));
        Assert.Contains("emailops model pull mistral", provider.Problem, StringComparison.Ordinal);

        var lines = new List<OllamaPullLine>();
        await foreach (var line in ((OllamaServer)provider.Clients).PullAsync("mistral", CancellationToken.None)) lines.Add(line);
        await roster.LookAsync(TimeSpan.Zero, CancellationToken.None);

        Assert.Equal((13, "success", 2_000_000L), (lines.Count, lines[^1].Status, lines.Max(l => l.Completed)));
        Assert.Equal(("mistral:latest", null), (provider.ChatModel, provider.Problem));
    }

    [Fact]
    public async Task A_server_that_is_none_or_silent_holds_nothing_up_and_says_what_to_check()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("LanguageModels:ProbePatience", "00:00:03")]);
        var roster = store.Get<ModelRoster>();
        foreach (var (says, expected) in new[] { (ModelSays.Raw("text/html", "<html>"), "not JSON"), (ModelSays.Nothing, "does not answer within 3 s"), (ModelSays.Status(500), "answered 500"), (ModelSays.Raw("application/json", "{}"), "lists no models") })
        {
            ollama.Own = path => path == "/api/tags" ? says : null;
            await roster.LookAsync(TimeSpan.Zero, CancellationToken.None);
            Assert.Contains(expected, roster.Providers[0].Problem, StringComparison.Ordinal);
        }
        Assert.False(store.Get<ModelRouter>().CanChat);
        ollama.Own = path => path switch
        {
            "/api/tags" => ModelSays.Raw("application/json", """{"models":[null,{"name":null},{"name":"odd:1b","details":null,"size":-5},{"name":"odder","details":{"family":null,"parameter_size":"B"}}]}"""),
            "/api/show" => ModelSays.Raw("application/json", """{"capabilities":["completion",null]}"""),
            _ => null,
        };
        await roster.LookAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(("odd:1b", null), (roster.Providers[0].ChatModel, roster.Providers[0].Problem));
    }

    [Fact]
    public async Task A_model_that_runs_in_its_makers_cloud_is_elsewhere_although_its_server_is_near()
    {
        await using var ollama = await StandInOllama.StartAsync();
        ollama.Models["gpt-oss:120b-cloud"] = StandInModel.Chat("116.8B") with { RemoteHost = "https://ollama.com:443" };
        await using var chosen = await TestStore.CreateAsync(postgres, ollama.Settings);
        await using var ordered = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("LanguageModels:Providers:0:Model", "gpt-oss:120b-cloud")]);

        var byItself = Assert.Single(await chosen.Get<ModelRoster>().ReadyAsync(CancellationToken.None));
        var byOrder = Assert.Single(await ordered.Get<ModelRoster>().ReadyAsync(CancellationToken.None));

        Assert.Equal(("llama3.2:3b", false), (byItself.ChatModel, byItself.IsRemote));
        Assert.Equal(("gpt-oss:120b-cloud", true), (byOrder.ChatModel, byOrder.IsRemote));
    }

    [Fact]
    public async Task Servers_that_tell_no_capabilities_are_judged_by_name_and_family()
    {
        await using var ollama = await StandInOllama.StartAsync();
        ollama.Own = path => path == "/api/show" ? ModelSays.Status(404) : null;
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);

        var provider = Assert.Single(await store.Get<ModelRoster>().ReadyAsync(CancellationToken.None));

        Assert.Equal(("llama3.2:3b", "nomic-embed-text:latest"), (provider.ChatModel, provider.EmbeddingModel));
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_no_model_and_no_failure_of_ours()
    {
        await using var store = await TestStore.CreateAsync(postgres, [("LanguageModels:Ollama:Endpoint", StandInOllama.Nobody().AbsoluteUri)]);

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => store.Get<ModelRouter>().GetResponseAsync("hello"));

        Assert.Equal(ModelFailure.Unreachable, failure.Reason);
        Assert.Null(store.Get<EmbeddingRouter>().Model);
    }

    [Fact]
    public async Task A_question_leaves_the_house_only_redacted_and_only_if_its_asker_says_how()
    {
        await using var server = await StandInOllama.StartAsync(a => ModelSays.Text($"heard {a.Last}"));
        await using var store = await TestStore.CreateAsync(postgres, [.. server.Settings, ("LanguageModels:Providers:0:IsRemote", "true")]);
        var ask = new ModelAsk("t/1");

        var kept = await Assert.ThrowsAsync<LanguageModelException>(() => store.Get<ModelRouter>().GetResponseAsync("card 4111", new ChatOptions().About(ask)));
        var embedding = await Assert.ThrowsAsync<LanguageModelException>(() => store.Get<EmbeddingRouter>().GenerateAsync(["card 4111"]));
        var redacted = ask with { ForRemote = text => text.Replace("4111", "[card]", StringComparison.Ordinal) };
        var answer = await store.Get<ModelRouter>().GetResponseAsync([new ChatMessage(ChatRole.User, "card 4111")], new ChatOptions { Instructions = "card 4111 is secret" }.About(redacted));
        await store.Get<EmbeddingRouter>().GenerateAsync(["card 4111"], new EmbeddingGenerationOptions().About(redacted));

        Assert.Equal((ModelFailure.NoProvider, ModelFailure.NoProvider, "heard card [card]"), (kept.Reason, embedding.Reason, answer.Text));
        Assert.All(server.Asked.Concat(server.Embedded), a => Assert.DoesNotContain("4111", a.Body.GetRawText(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LanguageModels:Providers:0:Endpoint", "localhost", "LanguageModels:Providers:0:Endpoint is \"localhost\"")]
    [InlineData("LanguageModels:Providers:0:Endpoint", "http://a:b@host", "put the key into LanguageModels:Providers:0:ApiKey")]
    [InlineData("LanguageModels:OpenAi:ApiKey", "sk-1", "LanguageModels:OpenAi (OPENAI_*):Model is not set")]
    [InlineData("LanguageModels:Providers:0:Context", "12", "LanguageModels:Providers:0:Context is 12")]
    [InlineData("LanguageModels:Breaker:Failures", "0", "LanguageModels:Breaker:Failures is 0")]
    [InlineData("LanguageModels:Budget:TokensPerDay", "-1", "LanguageModels:Budget:TokensPerDay")]
    [InlineData("LanguageModels:Patience", "00:00:00", "LanguageModels:Patience is 00:00:00")]
    public async Task Settings_that_cannot_be_are_named_by_their_key(string key, string value, string expected)
    {
        await using var store = await TestStore.CreateAsync(postgres, [("LanguageModels:Providers:0:Kind", "Ollama"), (key, value)]);

        var failure = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(store.Get<LanguageModelOptions>);

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_never_goes_over_an_open_line()
    {
        var far = new ProviderOptions { Kind = ProviderKind.OpenAi, Endpoint = "http://models.example.com/v1", Model = "m", ApiKey = "sk-secret" };

        Assert.Contains("use https", far.Problem("x"), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", far.Problem("x"), StringComparison.Ordinal);
        far.Endpoint = "http://vllm:8000/v1";
        Assert.Null(far.Problem("x"));
    }

    [Fact]
    public async Task The_most_urgent_of_those_that_wait_goes_first()
    {
        var gate = new UrgencyGate(1);
        var order = new List<string>();
        var held = await gate.EnterAsync(0, CancellationToken.None);
        using var gaveUp = new CancellationTokenSource();
        var waiting = new[] { WaitAsync("low", 1), WaitAsync("gave up", 9, gaveUp.Token), WaitAsync("high", 8), WaitAsync("low too", 1) };
        Assert.Equal(4, gate.Waiting);
        await gaveUp.CancelAsync();
        held.Dispose();
        held.Dispose(); // twice gives back once

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));

        Assert.Equal(["high", "low", "low too"], order);

        async Task WaitAsync(string who, int urgency, CancellationToken cancel = default)
        {
            using var place = await gate.EnterAsync(urgency, cancel);
            order.Add(who);
        }
    }
}
