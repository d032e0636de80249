namespace EmailOps.Core.Contracts;

/// <summary>What a replay asked the language model, and what that took.</summary>
/// <param name="Prompts">Versions of the prompts that were tried.</param>
/// <param name="Wanted">Messages that triage would ask about.</param>
/// <param name="Asked">Of them those that were asked about and compared.</param>
/// <param name="Unusable">Of the asked ones those with an answer to the tried prompts that could not be used: the built-in judgement holds there.</param>
/// <param name="SummariesChanged">Messages with other words as their summary.</param>
/// <param name="DraftsChanged">Messages with another draft.</param>
/// <param name="Left">Messages that were not asked about, by reason; they are not compared.</param>
/// <param name="Calls">Questions that a provider answered now.</param>
/// <param name="Known">Questions with a known answer in the cache.</param>
/// <param name="Cost">In the currency of the providers' prices.</param>
public sealed record ReplayAsking(IReadOnlyList<string> Prompts, int Wanted, int Asked, int Unusable, int SummariesChanged, int DraftsChanged, IReadOnlyList<ReplayLeft> Left, long Calls, long Known, long TokensIn, long TokensOut, decimal Cost);

/// <param name="First">The first of them, at most 100.</param>
public sealed record ReplayLeft(string Reason, int Count, IReadOnlyList<long> First);
