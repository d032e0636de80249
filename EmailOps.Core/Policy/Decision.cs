using EmailOps.Core.Contracts;
using EmailOps.Core.Policy.Answers;

namespace EmailOps.Core.Policy;

/// <summary>What policy ordered and why, in order of weight.</summary>
/// <param name="Brake">A loop brake that goes on with it; null: none.</param>
internal sealed record Decision(DecisionKind Kind, IReadOnlyList<string> Reasons, string PolicyVersion, BrakeOrder? Brake = null);
