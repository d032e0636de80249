namespace EmailOps.Core.Contracts;

/// <summary>How many automatic answers may be wrong, and what follows from the outcomes so far.</summary>
/// <param name="Category">Empty: all categories without a budget of their own.</param>
/// <param name="MostWrong">Share of wrong answers among automatic ones that is accepted, 0-1.</param>
/// <param name="Doubt">How often that promise may fail, 0-1.</param>
/// <param name="State">Waiting (the bands hold), Set (the threshold holds), Refused (nothing is answered automatically).</param>
/// <param name="Threshold">Confidence from which mail is answered automatically, 0-100.</param>
/// <param name="Missing">Right outcomes still needed before there is a threshold.</param>
/// <param name="Explanation">One or two sentences.</param>
/// <param name="Version">Send back as <c>If-Match</c>; 0: there is no budget yet.</param>
public sealed record RiskBudgetView(long MailboxId, string Category, double MostWrong, double Doubt, string State, double? Threshold, int Missing, int Outcomes, string Explanation,
    DateTimeOffset? ComputedAt, int Version, IReadOnlyList<RiskCurvePoint> Curve);

/// <param name="Threshold">Confidence, 0-100.</param>
/// <param name="Coverage">Share of outcomes at or above it, 0-1.</param>
/// <param name="Wrong">Share of wrong ones among them, 0-1.</param>
/// <param name="Upper">Upper bound of the true share (Clopper-Pearson), 0-1.</param>
public sealed record RiskCurvePoint(double Threshold, int Outcomes, double Coverage, double Wrong, double Upper);

/// <summary>Body of <c>PUT /models/{mailbox}/risk</c>.</summary>
/// <param name="Category">Empty: all without a budget of their own.</param>
/// <param name="MostWrong">Above 0, at most 0.5; null takes the budget away, and the bands hold.</param>
/// <param name="Doubt">0.001 to 0.5.</param>
public sealed record SaveRiskBudget(string Category, double? MostWrong, double Doubt = 0.1);
