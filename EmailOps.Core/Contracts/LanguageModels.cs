namespace EmailOps.Core.Contracts;

/// <summary>Paths about language models; laws as in <see cref="Routes"/>.</summary>
public static class LanguageModelRoutes
{
    /// <summary>GET -> LanguageModelsView.</summary>
    public const string All = "/language-models";
    /// <summary>PUT ForceBreaker -> ProviderView.</summary>
    public const string Breaker = "/language-models/{name}/breaker";
}

/// <summary>Questions go through; one tries whether it works again; nobody is let through.</summary>
public enum BreakerState { Closed, HalfOpen, Open }

/// <summary>What a person ordered: nothing; never ask this provider; ask it whatever happens.</summary>
public enum BreakerForce { Auto, Open, Closed }

/// <param name="Why">For the audit log, at most 500 characters.</param>
public sealed record ForceBreaker(BreakerForce Force, string? Why = null);

/// <param name="Enabled">False: switched off by LanguageModels:Enabled.</param>
/// <param name="Providers">In the order they are asked.</param>
public sealed record LanguageModelsView(bool Enabled, IReadOnlyList<ProviderView> Providers, BudgetView Budget, AnswerCacheView Cache);

/// <param name="Kind">Ollama or OpenAi.</param>
/// <param name="IsFound">Nobody configured it: it was found on this machine.</param>
/// <param name="IsRemote">What it is asked leaves the house, redacted.</param>
/// <param name="Problem">What is wrong with it and what to do; null: nothing.</param>
/// <param name="PriceIn">Of a million tokens.</param>
/// <param name="IsPriceAssumed">Nobody said what it costs: counted at a guess.</param>
public sealed record ProviderView(string Name, string Kind, string Endpoint, bool IsFound, bool IsRemote, string? Version, string? ChatModel, string? EmbeddingModel,
    IReadOnlyList<string> Models, string? Problem, DateTimeOffset? AnsweredAt, decimal PriceIn, decimal PriceOut, bool IsPriceAssumed, BreakerView Breaker);

/// <param name="Failures">In a row.</param>
/// <param name="RetryAt">When an open breaker lets one question try.</param>
public sealed record BreakerView(BreakerState State, BreakerForce Force, int Failures, DateTimeOffset? OpenedAt, DateTimeOffset? RetryAt, string? Reason, string? ForcedBy);

/// <summary>Today (UTC). Limits are null where there are none.</summary>
public sealed record BudgetView(DateOnly Day, long Calls, long Tokens, decimal Money, long? TokenLimit, decimal? MoneyLimit, IReadOnlyList<MailboxSpend> Mailboxes);

public sealed record MailboxSpend(long MailboxId, string Address, long Calls, long Tokens, decimal Money);

public sealed record AnswerCacheView(bool Enabled, long Answers, long Hits, int TimeToLiveSeconds);
