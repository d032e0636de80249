using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;

namespace EmailOps.Tests.LanguageModels;

/// <summary>Breakers in PostgreSQL, seen from two processes (two stores on one database).</summary>
public sealed class BreakerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BreakerOptions Options = new() { Failures = 3, OpenFor = TimeSpan.FromMinutes(1), MaxOpenFor = TimeSpan.FromMinutes(3) };

    [Fact]
    public async Task Failures_in_a_row_open_it_for_longer_each_time_and_a_success_forgives_all()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var breakers = store.Get<BreakerStore>();
        Assert.Equal(BreakerState.Closed, (await breakers.FailedAsync("p", "one", Options, null, None)).State);
        await breakers.SucceededAsync("p", None);
        foreach (var _ in new int[2]) Assert.Equal(BreakerState.Closed, (await breakers.FailedAsync("p", "again", Options, null, None)).State);

        var pauses = new List<double> { Minutes(await breakers.FailedAsync("p", "third", Options, null, None)) };
        for (var i = 0; i < 3; i++)
        {
            await TimeIsUpAsync(store);
            Assert.True(await breakers.TryAsync("p", TimeSpan.FromMinutes(1), None));
            pauses.Add(Minutes(await breakers.FailedAsync("p", "trial", Options, null, None)));
        }

        Assert.Equal([1, 2, 3, 3], pauses);
        await breakers.SucceededAsync("p", None);
        Assert.Equal((BreakerState.Closed, 0, (string?)null), (await breakers.ReadAsync("p", None)) is var now ? (now.State, now.Failures, now.Reason) : default);

        static double Minutes(BreakerStatus status) => status.State == BreakerState.Open ? Math.Round(status.Left!.Value.TotalMinutes, 1) : 0;
    }

    [Fact]
    public async Task Of_many_who_ask_when_its_time_is_up_one_tries()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        var breakers = store.Get<BreakerStore>();
        await breakers.FailedAsync("p", "429", Options, TimeSpan.FromHours(1), None);
        Assert.False(await breakers.TryAsync("p", TimeSpan.FromMinutes(1), None));
        await TimeIsUpAsync(store);

        var tries = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => breakers.TryAsync("p", TimeSpan.FromMinutes(1), None)));

        Assert.Single(tries, t => t);
        Assert.Equal(BreakerState.HalfOpen, (await breakers.ReadAsync("p", None)).State);
        // The one never reported: another may.
        await TimeIsUpAsync(store);
        Assert.True(await breakers.TryAsync("p", TimeSpan.FromMinutes(1), None));
    }

    [Fact]
    public async Task What_one_process_found_dead_all_leave_alone_and_what_works_again_all_ask()
    {
        var isWell = false;
        await using var server = await StandInOllama.StartAsync(_ => isWell ? ModelSays.Text("well") : ModelSays.Status(500));
        var database = await postgres.CreateDatabaseAsync();
        (string, string)[] settings = [.. server.Settings, ("LanguageModels:RetryPause", "00:00:00")];
        await using var one = await TestStore.OpenAsync(database, settings);
        await using var other = await TestStore.OpenAsync(database, settings);
        await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(one));
        var asked = server.Asked.Count;

        var failure = await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(other));

        Assert.Equal((ModelFailure.BreakerOpen, 3, 3), (failure.Reason, asked, server.Asked.Count));
        Assert.False(other.Get<ModelRouter>().CanChat);
        isWell = true;
        await TimeIsUpAsync(one);
        Assert.Equal("well", (await AskAsync(other)).Text);
        Assert.Equal("well", (await AskAsync(one)).Text);
        Assert.Equal(BreakerState.Closed, (await one.Get<BreakerStore>().ReadAsync("stand-in", None)).State);
    }

    [Fact]
    public async Task A_person_holds_it_open_or_closed_and_the_audit_log_says_who_and_why()
    {
        await using var server = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres, [.. server.Settings, ("LanguageModels:RetryPause", "00:00:00")]);
        var breakers = store.Get<BreakerStore>();

        await breakers.ForceAsync("stand-in", BreakerForce.Open, "Olga", "maintenance", None);
        var held = await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(store));
        await breakers.ForceAsync("stand-in", BreakerForce.Closed, "Olga", "", None);
        server.Answer = _ => ModelSays.Status(500);
        for (var i = 0; i < 2; i++) Assert.Equal(ModelFailure.ServerError, (await Assert.ThrowsAsync<LanguageModelException>(() => AskAsync(store))).Reason);
        await breakers.ForceAsync("stand-in", BreakerForce.Auto, "Olga", "", None);
        server.Answer = _ => ModelSays.Text("well");

        Assert.Equal("well", (await AskAsync(store)).Text);
        Assert.Equal((ModelFailure.BreakerOpen, 6), (held.Reason, server.Asked.Count(a => a.Path == "/api/chat") - 1));
        Assert.Equal(["Olga: stand-in: Open. maintenance", "Olga: stand-in: Closed.", "Olga: stand-in: Auto."], await store.ColumnAsync<string>("select actor || ': ' || detail from audit_entry where action = 'model.breaker' order by id"));
    }

    private static Task<ChatResponse> AskAsync(TestStore store) => store.Get<ModelRouter>().GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { UseCache = false }));

    private static Task TimeIsUpAsync(TestStore store) => store.ExecuteAsync("update model_breaker set open_until = now() - interval '1 second'");
}
