using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Cli;

/// <summary><c>emailops model</c> as a process of its own, before a stand-in Ollama.</summary>
public sealed class ModelCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_model_is_downloaded_and_asked_from_then_on()
    {
        await using var ollama = await StandInOllama.StartAsync();
        ollama.Models.Clear();
        await using var store = await TestStore.CreateAsync(postgres);

        var before = await RunAsync(store, ollama, "model", "provider", "--json");
        var pull = await RunAsync(store, ollama, "model", "pull", "tiny:1b");
        var json = await RunAsync(store, ollama, "model", "pull", "tiny:1b", "--json");
        var after = await RunAsync(store, ollama, "model", "provider");
        var unknown = await RunAsync(store, ollama, "model", "pull", "unknown-model");

        Assert.Equal((1, 0, 0, 0, 2), (before.Code, pull.Code, json.Code, after.Code, unknown.Code));
        Assert.Contains("No chat model is installed", JsonSerializer.Deserialize<LanguageModelsView>(before.Output, ContractJson.Options)!.Providers.Single().Problem, StringComparison.Ordinal);
        Assert.Contains("tiny:1b is installed in ollama", pull.Output, StringComparison.Ordinal);
        Assert.Contains("pulling manifest", pull.Output, StringComparison.Ordinal);
        Assert.All(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
        Assert.Contains("tiny:1b", after.Output, StringComparison.Ordinal);
        Assert.Contains("pull model manifest: file does not exist", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_is_held_and_let_go_from_the_command_line()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var store = await TestStore.CreateAsync(postgres);

        var open = await RunAsync(store, ollama, "model", "breaker", "OLLAMA", "open", "--why", "update", "--json");
        var all = await RunAsync(store, ollama, "model", "breaker");
        var nobody = await RunAsync(store, ollama, "model", "breaker", "nobody", "open");
        var silly = await RunAsync(store, ollama, "model", "breaker", "ollama", "sideways");

        Assert.Equal((0, 0, 2, 2), (open.Code, all.Code, nobody.Code, silly.Code));
        Assert.Equal((BreakerForce.Open, "emailops model"), JsonSerializer.Deserialize<ProviderView[]>(open.Output, ContractJson.Options)!.Single().Breaker is var b ? (b.Force, b.ForcedBy) : default);
        Assert.Contains("ollama: held open by emailops model", all.Output, StringComparison.Ordinal);
        Assert.Contains("There is no provider nobody", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(["ollama: Open. update"], await store.ColumnAsync<string>("select detail from audit_entry where action = 'model.breaker'"));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(TestStore store, StandInOllama ollama, params string[] arguments) => OwnProcess.RunAsync("emailops", arguments,
        ("ConnectionStrings__emailops", store.ConnectionString), ("LanguageModels__Ollama__Name", "ollama"), ("LanguageModels__ProbePatience", "00:00:30"), ("OLLAMA_ENDPOINT", ollama.Address.AbsoluteUri));
}
