using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

public sealed class RouterTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_question_is_answered_by_the_installed_model_with_its_true_usage()
    {
        await using var ollama = await StandInOllama.StartAsync(asked => ModelSays.Text($"You said {asked.Last}"));
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);

        var response = await store.Get<IChatClient>().GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("test/1") { MailboxId = store.Mailbox }));

        Assert.Equal("You said hello", response.Text);
        var call = ModelCall.Of(response)!;
        Assert.Equal(("stand-in", "llama3.2:3b", 2L, 4L, false), (call.Provider, call.Model, call.TokensIn, call.TokensOut, call.IsCached));
        Assert.Equal([6L, 6L], await store.ColumnAsync<long>("select tokens from model_spend where tokens_reserved = 0 order by mailbox_id"));
    }

    [Fact]
    public async Task Texts_become_vectors_of_the_installed_embedding_model()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);

        var vectors = await store.Get<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(["one", "two words"]);

        Assert.Equal(2, vectors.Count);
        Assert.Equal(StandInRoutes.Vector("two words"), vectors[1].Vector.ToArray());
        Assert.Equal("nomic-embed-text:latest", store.Get<EmbeddingRouter>().Model);
    }
}
