using EmailOps.Core.Contracts;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>
/// Where the breakers of all providers are, shared by all processes: PostgreSQL, and Redis where there is one. Times are the store's.
/// </summary>
internal interface IBreakerStore
{
    /// <returns>Closed where nothing was ever wrong.</returns>
    Task<BreakerStatus> ReadAsync(string provider, CancellationToken cancel);
    Task<IReadOnlyList<BreakerStatus>> AllAsync(CancellationToken cancel);
    /// <summary>Of all who ask while an open breaker's time is up, one is told to try; the next after <paramref name="patience"/>, should that one never report.</summary>
    Task<bool> TryAsync(string provider, TimeSpan patience, CancellationToken cancel);
    /// <summary>Counts a failure; opens at the limit, and at once when it was the trial's or the server named a time to wait.</summary>
    Task<BreakerStatus> FailedAsync(string provider, string reason, BreakerOptions options, TimeSpan? wait, CancellationToken cancel);
    Task SucceededAsync(string provider, CancellationToken cancel);
    Task<BreakerStatus> ForceAsync(string provider, BreakerForce force, string actor, string why, CancellationToken cancel);
}

/// <param name="Failures">In a row.</param>
/// <param name="Left">Until an open one lets a question try.</param>
internal sealed record BreakerStatus(string Provider, BreakerState State, BreakerForce Force, int Failures, TimeSpan? Left, DateTimeOffset? OpenedAt, string? Reason, string? ForcedBy)
{
    public static BreakerStatus Fine(string provider) => new(provider, BreakerState.Closed, BreakerForce.Auto, 0, null, null, null, null);

    /// <summary>Questions go there now, as far as this status knows; at most one when it is about to try.</summary>
    public bool LetsThrough => Force == BreakerForce.Closed || (Force == BreakerForce.Auto && (State == BreakerState.Closed || Left is not { } left || left <= TimeSpan.Zero));
}
