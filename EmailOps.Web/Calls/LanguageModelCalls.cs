using EmailOps.Core.Contracts;

namespace EmailOps.Web.Calls;

internal static class LanguageModelCalls
{
    public static Task<Answer<LanguageModelsView>> LanguageModelsAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<LanguageModelsView>(Reading.Plain(LanguageModelRoutes.All), cancellation);

    public static Task<Answer<ProviderView>> ForceBreakerAsync(this ApiClient api, string provider, BreakerForce force, string? why, CancellationToken cancellation) =>
        api.SendAsync<ProviderView>(HttpMethod.Put, Reading.Plain(LanguageModelRoutes.Breaker).Replace("{name}", Uri.EscapeDataString(provider), StringComparison.Ordinal), new ForceBreaker(force, why), null, cancellation);

    public static Task<Answer<CacheCleared>> ClearCachesAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<CacheCleared>(HttpMethod.Post, Reading.Plain(OperationRoutes.ClearCache), null, null, cancellation);
}
