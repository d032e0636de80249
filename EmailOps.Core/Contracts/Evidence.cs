namespace EmailOps.Core.Contracts;

/// <summary>A place in a text and why it is marked.</summary>
/// <param name="Start">UTF-16 offset.</param>
public sealed record MarkedSpan(int Start, int Length, string Reason);

/// <summary>Where in a message the signs of an attack stand.</summary>
/// <param name="HiddenText">Words that are in the mail and no reader sees; null when there are none.</param>
public sealed record MessageEvidence(IReadOnlyList<MarkedSpan> Text, IReadOnlyList<MarkedSpan> NewText, IReadOnlyList<MarkedSpan> QuotedText, string? HiddenText, IReadOnlyList<MarkedSpan> Hidden)
{
    public static MessageEvidence None { get; } = new([], [], [], null, []);
}
