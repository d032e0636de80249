namespace EmailOps.Core.Triage;

/// <summary>
/// How sure we are that the draft may be used as it stands, 0-100:
/// <code>confidence = 100 * category^0.40 * grounding^0.45 * language^0.15 * covered^0.60 * (1 - hostility) * people</code>
/// a weighted geometric mean, so that one weak part cannot be bought off by the others; an open question or a sign of attack takes off more.
/// All parts are 0-1.
/// </summary>
internal sealed record ConfidenceParts(double Category, double Grounding, double Covered, double Language, double Hostility, double People = 1)
{
    public double Value => Math.Round(Math.Clamp(
        100 * Math.Pow(Category, 0.40) * Math.Pow(Grounding, 0.45) * Math.Pow(Language, 0.15) * Math.Pow(Covered, 0.60) * (1 - Hostility) * People, 0, 100), 1);
}
