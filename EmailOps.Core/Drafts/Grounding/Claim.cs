namespace EmailOps.Core.Drafts.Grounding;

internal enum ClaimKind { Amount, Percent, Number, Date, Time, Url, Email, Phone, Code, Name }

/// <summary>Something checkable in a sentence.</summary>
/// <param name="Start">UTF-16 offset.</param>
/// <param name="Value">Normalised, so that "1.249,00" equals "1,249" and "two weeks" equals "14 days".</param>
/// <param name="Unit">"day", "EUR", "cm"; empty when none is known.</param>
internal readonly record struct Claim(ClaimKind Kind, int Start, int Length, string Value, string Unit)
{
    public int End => Start + Length;

    /// <summary>Says the same in value and unit. Durations, money and shares need the same unit; a size may stand in a table whose unit is in its head.</summary>
    public bool SameAs(in Claim other)
    {
        if (Kind == ClaimKind.Url)
            return other.Kind == ClaimKind.Url && (Value == other.Value || other.Value.StartsWith(Value + "/", StringComparison.Ordinal));
        if (Kind != other.Kind || Value != other.Value)
            return false;
        return Unit == other.Unit || (Kind == ClaimKind.Number && (Unit.Length == 0 || other.Unit.Length == 0) && !IsTime(Unit) && !IsTime(other.Unit));
    }

    /// <summary>Could be mistaken for each other: one says 14 days where the other says 30.</summary>
    public bool Rivals(in Claim other) => Kind == other.Kind && Kind is ClaimKind.Amount or ClaimKind.Percent or ClaimKind.Number or ClaimKind.Date or ClaimKind.Time && Kind == other.Kind
        && Value != other.Value && (Unit == other.Unit || (IsTime(Unit) && IsTime(other.Unit)));

    private static bool IsTime(string unit) => unit is "day" or "workday" or "month" or "year" or "hour" or "minute";
}
