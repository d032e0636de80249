using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

public sealed class CacheTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_same_question_is_asked_once_and_every_change_to_it_anew()
    {
        await using var ollama = await StandInOllama.StartAsync(a => ModelSays.Text($"answer to {a.Last}"));
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);
        await AskAsync(store, "a");

        var again = await AskAsync(store, "a");

        Assert.Equal(("answer to a", true, 1), (again.Text, ModelCall.Of(again)!.IsCached, ollama.Asked.Count));
        Assert.Equal(1, await store.AskAsync<long>("select calls from model_spend where mailbox_id = 0"));
        await AskAsync(store, "b");
        await AskAsync(store, "a", prompt: "t/2");
        await AskAsync(store, "a", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        await AskAsync(store, "a", new ChatOptions { Temperature = 1 });
        await AskAsync(store, "a", new ChatOptions { Instructions = "Be kind." });
        Assert.Equal(6, ollama.Asked.Count);
        ollama.Models.Clear();
        ollama.Models["other:1b"] = StandInModel.Chat("1B");
        await store.Get<ModelRoster>().LookAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal("other:1b", ModelCall.Of(await AskAsync(store, "a"))!.Model);
    }

    [Fact]
    public async Task Only_whole_and_accepted_answers_are_kept()
    {
        await using var ollama = await StandInOllama.StartAsync(a => a.Last == "long" ? ModelSays.TooLong("and on and") : ModelSays.Text("no"));
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);

        await AskAsync(store, "long");
        await AskAsync(store, "x", accepts: _ => false);

        Assert.Equal(0, await store.AskAsync<long>("select count(*) from model_answer"));
    }

    [Fact]
    public async Task Old_answers_count_no_more_and_the_table_keeps_its_size()
    {
        await using var ollama = await StandInOllama.StartAsync(a => ModelSays.Text(a.Last == "huge" ? new string('x', 60) : "ok"));
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("Cache:MaxAnswers", "3"), ("Cache:MaxAnswerCharacters", "50")]);
        foreach (var text in new[] { "1", "2", "3", "4", "5", "huge" }) await AskAsync(store, text);
        Assert.Equal(5, await store.AskAsync<long>("select count(*) from model_answer"));
        await AskAsync(store, "1"); // used again: now the newest

        await store.Get<AnswerStore>().TrimAsync(CancellationToken.None);

        Assert.Equal(3, await store.AskAsync<long>("select count(*) from model_answer"));
        Assert.True(ModelCall.Of(await AskAsync(store, "1"))!.IsCached);
        await store.ExecuteAsync("update model_answer set expires_at = now() - interval '1 second'");
        Assert.False(ModelCall.Of(await AskAsync(store, "1"))!.IsCached);
        Assert.Equal(3, (await store.Get<Caches>().ClearAsync("Olga", CancellationToken.None)).Answers);
    }

    [Fact]
    public async Task Switched_off_it_keeps_nothing()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("Cache:Enabled", "false")]);

        await AskAsync(store, "a");
        await AskAsync(store, "a");

        Assert.Equal((2, 0L), (ollama.Asked.Count, await store.AskAsync<long>("select count(*) from model_answer")));
    }

    private static Task<ChatResponse> AskAsync(TestStore store, string text, ChatOptions? options = null, string prompt = "t/1", Func<string, bool>? accepts = null)
        => store.Get<IChatClient>().GetResponseAsync(text, (options ?? new ChatOptions()).About(new ModelAsk(prompt) { Accepts = accepts }));
}
