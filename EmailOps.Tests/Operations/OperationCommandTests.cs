using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Operations;

/// <summary>The commands of the dashboard from the command line, as processes of their own.</summary>
public sealed class OperationCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Orders_are_given_shown_and_ended()
    {
        await using var store = await TestStore.CreateAsync(postgres);

        var paused = await RunAsync(store, "automation", "pause", "--why", "holiday", "--json");
        var drained = await RunAsync(store, "workers", "drain");
        var status = await RunAsync(store, "status");
        var resumed = await RunAsync(store, "automation", "resume");
        var working = await RunAsync(store, "workers", "resume");
        var tooLong = await RunAsync(store, "automation", "pause", "--why", new string('x', StandingOrders.LongestReason + 1));

        Assert.Equal((0, 0, 0, 0, 0, 2), (paused.Code, drained.Code, status.Code, resumed.Code, working.Code, tooLong.Code));
        Assert.Equal(("emailops", "holiday"), JsonSerializer.Deserialize<OperationsView>(paused.Output, ContractJson.Options)!.Paused is { } order ? (order.By, order.Reason) : default);
        Assert.Contains("they hold nothing: drained", drained.Output, StringComparison.Ordinal);
        Assert.Contains("(holiday)", status.Output, StringComparison.Ordinal);
        Assert.Contains("Workers claim nothing more", status.Output, StringComparison.Ordinal);
        Assert.Contains("Automatic answers go on.", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("Workers work.", working.Output, StringComparison.Ordinal);
        Assert.Equal(["automation.pause", "workers.drain", "automation.resume", "workers.resume"], await store.ColumnAsync<string>("select action from audit_entry where subject_kind = 'installation' order by id"));
    }

    [Fact]
    public async Task The_queue_is_pushed_the_cache_cleared_and_samples_loaded()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Triage, 1, store.Mailbox, Delay: TimeSpan.FromHours(1)));
        await store.ExecuteAsync("insert into model_answer (key, prompt, model, answer, tokens_in, tokens_out, used_at, expires_at) values ('\\x01', 'judge/1', 'tiny', '{}', 1, 1, now(), now() + interval '1 hour')");

        var pushed = await RunAsync(store, "process", "trigger");
        var cleared = await RunAsync(store, "clear-cache");
        var loaded = await RunAsync(store, "samples", "load");

        Assert.Equal((0, 0, 0), (pushed.Code, cleared.Code, loaded.Code));
        Assert.Contains("1 items need wait no longer", pushed.Output, StringComparison.Ordinal);
        Assert.Equal(["process.trigger", "cache.clear", "samples.load"], await store.ColumnAsync<string>("select action from audit_entry where actor like 'emailops%' and action in ('process.trigger', 'cache.clear', 'samples.load') order by id"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from model_answer"));
        Assert.True(await store.AskAsync<long>("select count(*) from message") > 50, loaded.Output);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(TestStore store, params string[] arguments) => OwnProcess.RunAsync("emailops", arguments, ("ConnectionStrings__emailops", store.ConnectionString));
}
