using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

public sealed class BudgetTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateOnly Day = new(2026, 5, 1);

    [Fact]
    public async Task Two_processes_that_ask_all_at_once_never_pass_the_limit()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = await TestStore.OpenAsync(database);
        await using var other = await TestStore.OpenAsync(database);
        var wanted = new Reservation(Day, one.Mailbox, 100, 0.01m, new DailyLimit(1050, null), new DailyLimit(null, 0.08m));

        var refused = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : other).Get<SpendStore>().ReserveAsync(wanted with { MailboxId = i % 4 == 0 ? null : one.Mailbox }, None)));

        // 10 of 100 tokens fit into 1,050; of those at most 8 may be the mailbox's.
        Assert.Equal(10, refused.Count(r => r is null));
        Assert.Equal(1000, await one.AskAsync<long>("select tokens_reserved from model_spend where mailbox_id = 0"));
        Assert.True(await one.AskAsync<decimal>($"select money_reserved from model_spend where mailbox_id = {one.Mailbox}") <= 0.08m);
        Assert.Contains(refused, r => r?.Contains("1,000 of 1,050 tokens", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_was_set_aside_is_replaced_by_what_it_cost()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var spend = store.Get<SpendStore>();
        var wanted = new Reservation(Day, store.Mailbox, 5000, 1m, new DailyLimit(6000, 2m), DailyLimit.None);
        Assert.Null(await spend.ReserveAsync(wanted, None));
        Assert.NotNull(await spend.ReserveAsync(wanted, None));

        await spend.SettleAsync(wanted, 400, 0.1m, None);

        Assert.Null(await spend.ReserveAsync(wanted, None));
        Assert.Equal([400L, 400L], await store.ColumnAsync<long>("select tokens from model_spend order by mailbox_id"));
        Assert.Null(await spend.ReserveAsync(wanted with { Day = Day.AddDays(1), Tokens = 6000 }, None));
    }

    [Fact]
    public async Task What_a_killed_process_had_set_aside_is_released_when_its_time_is_up_and_settled_late_it_is_not_released_twice()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await using var other = await TestStore.OpenAsync(store.ConnectionString);
        var spend = store.Get<SpendStore>();
        var killed = new Reservation(Day, store.Mailbox, 5000, 1m, new DailyLimit(6000, 2m), DailyLimit.None);
        var late = killed with { Id = Guid.CreateVersion7(), Tokens = 500, Money = 0.1m };
        Assert.Null(await spend.ReserveAsync(killed, None));
        Assert.Null(await spend.ReserveAsync(late, None));
        // Under way they are held.
        Assert.NotNull(await other.Get<SpendStore>().ReserveAsync(killed with { Id = Guid.CreateVersion7() }, None));
        await store.ExecuteAsync("update model_reservation set expires_at = now() - interval '1 second'");

        var refused = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? store : other).Get<SpendStore>().ReserveAsync(killed with { Id = Guid.CreateVersion7() }, None)));

        Assert.Single(refused, r => r is null);
        Assert.Equal([5000L, 5000L], await store.ColumnAsync<long>("select tokens_reserved from model_spend order by mailbox_id"));
        // It was alive after all: what it cost is counted, what was set aside is gone already.
        await spend.SettleAsync(late, 300, 0.05m, None);
        Assert.Equal([(5000L + 300L), (5000L + 300L)], await store.ColumnAsync<long>("select tokens_reserved + tokens from model_spend order by mailbox_id"));
        Assert.Equal(1L, await store.AskAsync<long>("select count(*) from model_reservation"));
    }

    [Fact]
    public async Task At_the_limit_nobody_is_asked_any_more()
    {
        await using var ollama = await StandInOllama.StartAsync(_ => ModelSays.Text(new string('x', 4000)));
        await using var store = await TestStore.CreateAsync(postgres, [.. ollama.Settings, ("LanguageModels:Budget:TokensPerDay", "2500")]);
        var router = store.Get<ModelRouter>();
        await AskAsync(router, "one");
        await AskAsync(router, "two");

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(router, "three"));

        Assert.Equal((ModelFailure.BudgetSpent, 2), (failure.Reason, ollama.Asked.Count));
        Assert.Contains("The budget of today is spent", failure.Message, StringComparison.Ordinal);
        Assert.True(await store.AskAsync<long>("select tokens from model_spend where mailbox_id = 0") <= 2500);
        await store.ExecuteAsync("update model_spend set tokens = 2450");
        var health = ModelStatus.Health(await store.Get<ModelStatus>().ViewAsync(None));
        Assert.Equal("degraded", health.Status);
        Assert.Contains("2,450 of 2,500 tokens", health.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_has_its_own_limit_and_the_others_go_on()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, ollama.Settings);
        var router = store.Get<ModelRouter>();
        var small = new ModelAsk("t/1") { MailboxId = store.Mailbox, MailboxLimit = new DailyLimit(100, null) };

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => router.GetResponseAsync("hello", new ChatOptions().About(small)));
        var other = await router.GetResponseAsync("hello", new ChatOptions().About(small with { MailboxId = await store.MailboxAsync("other@shop.example"), MailboxLimit = null }));

        Assert.Equal((ModelFailure.BudgetSpent, "Yes."), (failure.Reason, other.Text));
        Assert.Contains("mailbox's budget", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_spent_elsewhere_stops_that_provider_and_the_free_one_in_the_house_goes_on()
    {
        await using var server = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres,
        [
            ("LanguageModels:Providers:0:Kind", "OpenAi"), ("LanguageModels:Providers:0:Name", "paid"), ("LanguageModels:Providers:0:Endpoint", server.OpenAiAddress.AbsoluteUri), ("LanguageModels:Providers:0:Model", "llama3.2:3b"),
            ("LanguageModels:Providers:0:PricePerMillionIn", "1000000"), ("LanguageModels:Providers:0:PricePerMillionOut", "1000000"),
            ("LanguageModels:Providers:1:Kind", "Ollama"), ("LanguageModels:Providers:1:Name", "free"), ("LanguageModels:Providers:1:Endpoint", server.Address.AbsoluteUri),
            ("LanguageModels:Budget:MoneyPerDay", "60"), StandInOllama.Patient,
        ]);
        var options = new ChatOptions { MaxOutputTokens = 16 }.About(new ModelAsk("t/1") { UseCache = false });

        var first = ModelCall.Of(await store.Get<ModelRouter>().GetResponseAsync("hello", options))!;
        await store.ExecuteAsync("update model_spend set money = 59");
        var second = ModelCall.Of(await store.Get<ModelRouter>().GetResponseAsync("hello", options))!;

        Assert.Equal(("paid", 4m), (first.Provider, first.Cost));
        Assert.Equal(("free", 0m), (second.Provider, second.Cost));
    }

    private static Task<ChatResponse> AskAsync(ModelRouter router, string text) => router.GetResponseAsync(text, new ChatOptions { MaxOutputTokens = 1200 }.About(new ModelAsk("t/1")));
}
