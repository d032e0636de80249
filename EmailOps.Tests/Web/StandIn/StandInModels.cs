using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>A model in the house and one elsewhere that is down. A forced breaker stays as it was ordered.</summary>
internal sealed class StandInModels
{
    private readonly Lock _gate = new();
    private readonly List<ProviderView> _providers =
    [
        new("ollama", "Ollama", "http://127.0.0.1:11434/", true, false, "0.32.15", "llama3.2:3b", "nomic-embed-text:latest", ["llama3.2:3b"], null, StandInMail.Now, 0, 0, false, new BreakerView(BreakerState.Closed, BreakerForce.Auto, 0, null, null, null, null)),
        new("elsewhere", "OpenAi", "https://models.example.test/v1", false, true, null, "large-1", null, [], null, null, 5, 20, true, new BreakerView(BreakerState.Open, BreakerForce.Auto, 3, StandInMail.Now, StandInMail.Now.AddSeconds(30), "https://models.example.test/v1 answered 500.", null)),
    ];

    /// <summary>Orders that were given: provider, what, by whom.</summary>
    public List<(string Provider, BreakerForce Force, string By)> Orders { get; } = [];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(LanguageModelRoutes.All, () =>
        {
            lock (_gate)
                return new LanguageModelsView(true, [.. _providers], new BudgetView(new DateOnly(2026, 3, 2), 412, 310_200, 1.25m, null, 5, []), new AnswerCacheView(true, 87, 31, 3600));
        });
        app.MapPut(LanguageModelRoutes.Breaker, (string name, ForceBreaker order, HttpRequest request) =>
        {
            lock (_gate)
            {
                var at = _providers.FindIndex(p => p.Name == name);
                if (at < 0) return Results.Problem("There is no provider of that name.", statusCode: 404, title: "Not found");
                var by = request.Headers["X-Operator"].ToString();
                Orders.Add((name, order.Force, by));
                _providers[at] = _providers[at] with { Breaker = _providers[at].Breaker with { Force = order.Force, ForcedBy = by } };
                return Results.Ok(_providers[at]);
            }
        });
        app.MapPost(OperationRoutes.ClearCache, () => new CacheCleared(87, 3, 1, null));
    }
}
