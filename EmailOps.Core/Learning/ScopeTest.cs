namespace EmailOps.Core.Learning;

/// <summary>
/// Whether a text is of any known label at all. The score is the best margin less the share of words that training never saw; it is compared
/// with the scores of held-out texts that do have a label, which gives a conformal p-value (Bates et al. 2023, "Testing for outliers with
/// conformal p-values", section 2): of texts with a known label at most a share of p gets a value of p or less.
/// </summary>
internal sealed class ScopeTest
{
    /// <summary>Texts below this are called out of scope: one in twenty that has a known label is sent to a person for nothing.</summary>
    public const float Limit = 0.05f;
    private const float UnknownWeight = 0.5f;
    /// <summary>Kept scores; more tell nothing new.</summary>
    private const int MostScores = 1_000;

    /// <param name="scores">Of held-out texts.</param>
    public ScopeTest(float[] scores)
    {
        Array.Sort(scores);
        Scores = scores.Length <= MostScores ? scores : [.. Enumerable.Range(0, MostScores).Select(i => scores[(int)((i + 0.5) * scores.Length / MostScores)])];
    }

    /// <summary>Ascending. Empty: nothing was held out, and everything counts as in scope.</summary>
    public float[] Scores { get; }

    public static float Score(float bestMargin, float unknownWords) => bestMargin - UnknownWeight * unknownWords;

    /// <summary>0-1; small: none of the known labels.</summary>
    public float Value(float score)
    {
        if (Scores.Length == 0)
            return 1;
        var below = Array.BinarySearch(Scores, score);
        below = below < 0 ? ~below : below;
        // Between two kept scores: in proportion, so that values do not jump.
        var part = below > 0 && below < Scores.Length && Scores[below] > Scores[below - 1] ? (score - Scores[below - 1]) / (Scores[below] - Scores[below - 1]) : 0;
        var outside = below == 0 ? MathF.Exp(Math.Min(0, (score - Scores[0]) * 4)) : 1;
        return (below + part + outside) / (Scores.Length + 1);
    }
}
