using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.LanguageModels.Routing;

namespace EmailOps.Core.Data;

/// <summary>What language models there are, how they are, and what they cost today.</summary>
internal sealed class ModelStatus(LanguageModelOptions options, ModelRoster roster, IBreakerStore breakers, SpendStore spend, IAnswerCache answers, TimeProvider clock)
{
    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string NotConfigured = "not configured";
    /// <summary>What is left then is less than one more question may need.</summary>
    private const double NearlyAll = 0.95;

    public async Task<LanguageModelsView> ViewAsync(CancellationToken cancel)
    {
        var providers = await roster.ReadyAsync(cancel);
        var known = (await breakers.AllAsync(cancel)).ToDictionary(b => b.Provider, StringComparer.Ordinal);
        return new LanguageModelsView(options.Enabled, [.. providers.Select(p => View(p, known.GetValueOrDefault(p.Name) ?? BreakerStatus.Fine(p.Name)))], await spend.TodayAsync(cancel), await answers.ViewAsync(cancel));
    }

    /// <returns>Null when there is no such provider.</returns>
    public async Task<ProviderView?> ForceAsync(string name, BreakerForce force, string actor, string? why, CancellationToken cancel)
        => (await roster.ReadyAsync(cancel)).FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } provider
            ? View(provider, await breakers.ForceAsync(provider.Name, force, actor, why ?? "", cancel))
            : null;

    /// <summary>Never unhealthy: triage goes on without.</summary>
    public static ComponentHealth Health(LanguageModelsView view)
    {
        if (!view.Enabled) return new ComponentHealth(NotConfigured, "Language models are switched off (LanguageModels:Enabled); the built-in model judges everything.");
        if (view.Providers.Count == 0) return new ComponentHealth(NotConfigured, "No language model is configured, and no Ollama was found on this machine; the built-in model judges everything.");
        var (usable, wanting) = (view.Providers.Where(IsUsable).ToList(), view.Providers.Where(p => !IsUsable(p) || p.Problem is not null).ToList());
        var spent = view.Budget switch
        {
            { TokenLimit: { } most, Tokens: var used } when used >= most * NearlyAll => $" The budget of today is spent, or nearly: {used:N0} of {most:N0} tokens.",
            { MoneyLimit: { } most, Money: var used } when used >= most * (decimal)NearlyAll && view.Providers.Any(p => p.PriceIn > 0 || p.PriceOut > 0) => $" The budget of today is spent, or nearly: {used:0.00} of {most:0.00}.",
            _ => "",
        };
        if (usable.Count == 0) return new ComponentHealth(Degraded, $"No language model can be asked; the built-in model judges everything. {string.Join(" ", wanting.Select(Told))}{spent}");
        var first = $"{string.Join(", then ", usable.Select(p => $"{p.Name} ({p.ChatModel})"))}; {view.Budget.Calls:N0} calls and {view.Budget.Tokens:N0} tokens today.";
        return wanting.Count > 0 || spent.Length > 0 ? new ComponentHealth(Degraded, $"{first} {string.Join(" ", wanting.Select(Told))}{spent}") : new ComponentHealth(Healthy, first);
    }

    private static bool IsUsable(ProviderView provider) => provider.ChatModel is not null && provider.Breaker is { Force: not BreakerForce.Open } breaker && (breaker.Force == BreakerForce.Closed || breaker.State != BreakerState.Open);

    private static string Told(ProviderView provider) => provider switch
    {
        { Breaker.Force: BreakerForce.Open } => $"{provider.Name} is held open by {provider.Breaker.ForcedBy}.",
        { Problem: { } problem } => $"{provider.Name}: {problem}",
        { Breaker: { State: BreakerState.Open } breaker } => $"{provider.Name} is left alone until {breaker.RetryAt:HH:mm:ss} UTC: {breaker.Reason}",
        _ => $"{provider.Name} has no chat model.",
    };

    private ProviderView View(ModelProvider provider, BreakerStatus breaker) => new(provider.Name, provider.Kind.ToString(), provider.Endpoint.AbsoluteUri, provider.IsFound, provider.IsRemote,
        provider.Look?.Version, provider.ChatModel, provider.EmbeddingModel, [.. provider.Look?.Models.Select(m => m.Name) ?? []], provider.Problem, provider.AnsweredAt,
        provider.PriceIn, provider.PriceOut, provider.IsPriceAssumed,
        new BreakerView(breaker.State, breaker.Force, breaker.Failures, breaker.OpenedAt, breaker is { State: not BreakerState.Closed, Left: { } left } ? clock.GetUtcNow() + left : null, breaker.Reason, breaker.ForcedBy));
}
