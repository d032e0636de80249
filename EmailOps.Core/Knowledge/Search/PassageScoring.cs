namespace EmailOps.Core.Knowledge.Search;

/// <summary>
/// BM25F of passages (Robertson and Zaragoza 2009, section 3.6): counts are weighted by field before they saturate. One place for the index in memory that triage asks and for
/// searches in PostgreSQL, so that a score means the same in both and one floor holds for both.
/// </summary>
internal static class PassageScoring
{
    public const float TitleWeight = 2.2f, HeadingWeight = 2.6f, KeywordWeight = 2f, BodyWeight = 1f;
    private const float Saturation = 1.2f, LengthShare = 0.5f;
    /// <summary>A language with a handful of articles is weighed as if it had this many passages: a word is not common because little was written.</summary>
    private const int LeastPassages = 100;
    /// <summary>Weight of a word that no article has.</summary>
    public const float UnknownWeight = 2f;

    /// <summary>How telling a term is that so many of the passages have.</summary>
    public static float Rarity(long having, long passages) => MathF.Log(1 + (Math.Max(passages, LeastPassages) - having + 0.5f) / (having + 0.5f));

    /// <param name="count">Occurrences, weighted by field.</param>
    /// <param name="length">Words of the passage, and of an average one.</param>
    public static float Saturated(float count, double length, double average)
    {
        var normal = (float)(count / (1 - LengthShare + LengthShare * length / average));
        return normal * (Saturation + 1) / (normal + Saturation);
    }
}
