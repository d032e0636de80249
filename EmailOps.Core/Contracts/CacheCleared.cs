namespace EmailOps.Core.Contracts;

/// <summary>What was cleared.</summary>
/// <param name="Answers">Of language models.</param>
/// <param name="Vectors">Of questions, as far as the process that cleared reaches.</param>
/// <param name="Tokens">To mail providers, likewise.</param>
/// <param name="Note">What could not be reached; null: nothing.</param>
public sealed record CacheCleared(long Answers, long Vectors, long Tokens, string? Note);
