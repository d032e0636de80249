using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Api;

/// <summary>The real Api before a stand-in Ollama: it finds it in the background, says how it is, and takes orders.</summary>
public sealed class LanguageModelTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Status_health_orders_and_metrics_follow_the_model()
    {
        await using var ollama = await StandInOllama.StartAsync();
        await using var api = await TestHosts.ApiAsync(await postgres.CreateDatabaseAsync(), [.. ollama.Arguments, "--LanguageModels:ProbeEvery=00:00:01", "--LanguageModels:RetryPause=00:00:00"]);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        var roster = api.Services.GetRequiredService<ModelRoster>();
        await Wait.UntilAsync(() => Task.FromResult(roster.Providers.Any(p => p.ChatModel is not null)), "the watch looked at it by itself");

        var view = await caller.GetAsync<LanguageModelsView>(LanguageModelRoutes.All);
        Assert.Equal(("stand-in", "llama3.2:3b", "nomic-embed-text:latest", false), view.Providers.Single() is var p ? (p.Name, p.ChatModel, p.EmbeddingModel, p.IsRemote) : default);
        Assert.Equal("healthy", await LlmAsync());

        // Asked, and then broken: degraded is not unhealthy.
        var chat = api.Services.GetRequiredService<IChatClient>();
        await chat.GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { UseCache = false }));
        ollama.Answer = _ => ModelSays.Status(500);
        await Assert.ThrowsAsync<LanguageModelException>(() => chat.GetResponseAsync("hello", new ChatOptions().About(new ModelAsk("t/1") { UseCache = false })));
        Assert.Equal("degraded", await LlmAsync());
        using (var health = await caller.Http.GetAsync(Routes.HealthDetailed)) Assert.Equal(200, (int)health.StatusCode);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(api.Address(), "/metrics"));
        Assert.Contains("emailops_model_breaker_state{provider=\"stand-in\"} 2", metrics, StringComparison.Ordinal);
        foreach (var expected in new[] { "emailops_model_calls_total", "emailops_model_tokens_total", "gen_ai_client_operation_duration_seconds", "gen_ai_client_token_usage" }) Assert.Contains(expected, metrics, StringComparison.Ordinal);

        // A person orders.
        var held = await caller.SendAsync<ProviderView>(HttpMethod.Put, "/language-models/STAND-IN/breaker", new ForceBreaker(BreakerForce.Open, "maintenance"));
        Assert.Equal((BreakerForce.Open, "Olga"), (held.Breaker.Force, held.Breaker.ForcedBy));
        var free = await caller.SendAsync<ProviderView>(HttpMethod.Put, "/language-models/stand-in/breaker", new ForceBreaker(BreakerForce.Auto));
        Assert.Equal((BreakerForce.Auto, BreakerState.Closed, null), (free.Breaker.Force, free.Breaker.State, free.Breaker.ForcedBy));
        using var nobody = await caller.SendAsync(HttpMethod.Put, "/language-models/nobody/breaker", new ForceBreaker(BreakerForce.Open));
        await ApiCaller.ProblemAsync(nobody, 404);
        using var silly = await caller.SendAsync(HttpMethod.Put, "/language-models/stand-in/breaker", new { force = "Sideways" });
        await ApiCaller.ProblemAsync(silly, 400);
        using var wordy = await caller.SendAsync(HttpMethod.Put, "/language-models/stand-in/breaker", new ForceBreaker(BreakerForce.Open, new string('x', 501)));
        await ApiCaller.ProblemAsync(wordy, 400);
        Assert.Equal(0, (await caller.SendAsync<CacheCleared>(HttpMethod.Post, OperationRoutes.ClearCache, null)).Answers);

        // And the models go.
        ollama.Models.Clear();
        await Wait.UntilAsync(() => Task.FromResult(roster.Providers.All(p => p.ChatModel is null)), "the watch sees it");
        Assert.Contains("emailops model pull", (await caller.GetAsync<HealthReportView>(Routes.HealthDetailed)).Components["llm_service"].Detail, StringComparison.Ordinal);
        await api.StopAsync();

        async Task<string> LlmAsync() => (await caller.GetAsync<HealthReportView>(Routes.HealthDetailed)).Components["llm_service"].Status;
    }

    [Fact]
    public async Task Without_a_model_nothing_is_degraded()
    {
        await using var api = await TestHosts.ApiAsync(await postgres.CreateDatabaseAsync());
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);

        var llm = (await caller.GetAsync<HealthReportView>(Routes.HealthDetailed)).Components["llm_service"];

        Assert.Equal("not configured", llm.Status);
        await api.StopAsync();
    }
}
