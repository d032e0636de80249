using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Ollama.Through;
using EmailOps.Tests.LanguageModels.StandIn;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels.Through;

/// <summary>What Semantic Kernel's connector is put through in the aspire topology, here with another client in its place, over real HTTP.</summary>
public sealed class OllamaThroughTests
{
    private static IProviderClients Open(StandInOllama ollama, ModelHttp http)
        => new OllamaThrough(http, TimeProvider.System, (model, way) => new SomebodysClient(model, way), (model, way) => new SomebodysClient(model, way))
            .Open(new ProviderOptions { Kind = ProviderKind.Ollama, Endpoint = ollama.Address.AbsoluteUri, Context = 4096, KeepAlive = TimeSpan.FromMinutes(7) });

    public static TheoryData<string> Faults() => [.. MisbehaviourTests.Faults.Where(f => f.Value.Expected != ModelFailure.TimedOut).Select(f => f.Key)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_server_has_our_reason_and_repeats_no_question(string fault)
    {
        await using var ollama = await StandInOllama.StartAsync(MisbehaviourTests.Faults[fault].Says);
        using var http = new ModelHttp(100_000);

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => Open(ollama, http).Chat("llama3.2:3b").GetResponseAsync("my card is 4111 1111 1111 1111"));

        Assert.Equal(MisbehaviourTests.Faults[fault].Expected, failure.Reason);
        Assert.DoesNotContain("4111", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_when_the_caller_has_waited_enough()
    {
        await using var ollama = await StandInOllama.StartAsync(_ => ModelSays.Nothing);
        using var http = new ModelHttp(100_000);
        using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open(ollama, http).Chat("llama3.2:3b").GetResponseAsync("hello", cancellationToken: enough.Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        var ollama = await StandInOllama.StartAsync();
        using var http = new ModelHttp(100_000);
        var clients = Open(ollama, http);
        await ollama.DisposeAsync();

        Assert.Equal(ModelFailure.Unreachable, (await Assert.ThrowsAsync<LanguageModelException>(() => clients.Chat("m").GetResponseAsync("hello"))).Reason);
        Assert.Equal(ModelFailure.Unreachable, (await Assert.ThrowsAsync<LanguageModelException>(() => clients.Embeddings("m").GenerateAsync(["hello"]))).Reason);
    }

    [Fact]
    public async Task The_wait_that_the_server_asks_for_is_kept()
    {
        await using var ollama = await StandInOllama.StartAsync(_ => ModelSays.RateLimited("17"));
        using var http = new ModelHttp(100_000);

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => Open(ollama, http).Chat("llama3.2:3b").GetResponseAsync("hello"));

        Assert.Equal(TimeSpan.FromSeconds(17), failure.RetryAfter);
    }

    [Fact]
    public async Task A_question_carries_what_ours_carry_and_nothing_of_this_process()
    {
        AskedModel? seen = null;
        await using var ollama = await StandInOllama.StartAsync(asked => { seen = asked; return ModelSays.Text("fine"); });
        using var http = new ModelHttp(100_000);

        var answer = await Open(ollama, http).Chat("llama3.2:3b").GetResponseAsync("hello", new ChatOptions { MaxOutputTokens = 33 }.About(new ModelAsk("judge/3") { MailboxId = 12 }));

        Assert.Equal("fine", answer.Text);
        Assert.Equal("llama3.2:3b", seen!.Model);
        Assert.Equal((4096, 33), (seen.Body.GetProperty("options").GetProperty("num_ctx").GetInt32(), seen.Body.GetProperty("options").GetProperty("num_predict").GetInt32()));
        Assert.Equal(420, seen.Body.GetProperty("keep_alive").GetInt32());
        Assert.DoesNotContain("emailops", seen.Body.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_streamed_answer_comes_in_pieces_and_breaks_off_with_our_reason()
    {
        var says = ModelSays.Text("one two three");
        await using var ollama = await StandInOllama.StartAsync(_ => says);
        using var http = new ModelHttp(100_000);
        var chat = Open(ollama, http).Chat("llama3.2:3b");

        var pieces = new List<string>();
        await foreach (var update in chat.GetStreamingResponseAsync("hello")) pieces.Add(update.Text);
        says = ModelSays.Endless;
        var failure = await Assert.ThrowsAsync<LanguageModelException>(async () =>
        {
            await foreach (var update in chat.GetStreamingResponseAsync("hello")) pieces.Add(update.Text);
        });

        Assert.StartsWith("one two three", string.Concat(pieces), StringComparison.Ordinal);
        Assert.Equal(ModelFailure.TooLarge, failure.Reason);
    }

    [Fact]
    public async Task Tools_are_refused()
    {
        await using var ollama = await StandInOllama.StartAsync();
        using var http = new ModelHttp(100_000);

        await Assert.ThrowsAsync<NotSupportedException>(() => Open(ollama, http).Chat("m").GetResponseAsync("hello", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] }));
    }

    [Fact]
    public async Task Many_texts_become_vectors_in_order_and_the_look_is_ours()
    {
        await using var ollama = await StandInOllama.StartAsync();
        using var http = new ModelHttp(10_000_000);
        var clients = Open(ollama, http);
        string[] texts = [.. Enumerable.Range(0, 150).Select(i => string.Join(' ', Enumerable.Repeat("word", (i % 5) + 1)))];

        var look = await clients.LookAsync(CancellationToken.None);
        var vectors = await clients.Embeddings(look.EmbeddingModel!).GenerateAsync(texts);

        Assert.Equal(("llama3.2:3b", "nomic-embed-text:latest"), (look.ChatModel, look.EmbeddingModel));
        Assert.Equal(texts.Select(t => StandInRoutes.Vector(t)), vectors.Select(v => v.Vector.ToArray()));
    }
}
