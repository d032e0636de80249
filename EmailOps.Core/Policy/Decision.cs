using EmailOps.Core.Contracts;

namespace EmailOps.Core.Policy;

/// <summary>What policy ordered and why, in order of weight.</summary>
internal sealed record Decision(DecisionKind Kind, IReadOnlyList<string> Reasons, string PolicyVersion);
