namespace EmailOps.Core.Triage.Consulting;

/// <summary>A mail with the category a person of the team gave it.</summary>
/// <param name="Text">Subject, line break, new words, cut.</param>
internal sealed record CorrectedExample(long MessageId, string Category, string Text)
{
    /// <summary>Characters that are kept of one: what a mail wants stands at its beginning.</summary>
    public const int Limit = 400;
}
