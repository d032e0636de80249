using EmailOps.Core.Learning;

namespace EmailOps.Core.Policy.Risk;

/// <summary>How many automatic answers of a category may be wrong, and what the outcomes so far allow.</summary>
/// <param name="Category">Empty: all categories without a budget of their own.</param>
/// <param name="MostWrong">Share of automatic answers, 0-1.</param>
/// <param name="Doubt">How often that promise may fail, 0-1.</param>
/// <param name="Threshold">0-100; with <see cref="RiskState.Set"/>.</param>
/// <param name="Missing">Right outcomes still needed; with <see cref="RiskState.Waiting"/>.</param>
internal sealed record RiskRule(string Category, double MostWrong, double Doubt, RiskState State, double? Threshold, int Missing, int Outcomes);
