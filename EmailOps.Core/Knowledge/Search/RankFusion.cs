namespace EmailOps.Core.Knowledge.Search;

/// <summary>
/// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): places count, not scores, so that rankings of different scales can be joined. Their constant of 60 is for runs of a
/// thousand; over a few dozen passages it makes the first and the tenth alike, so it is smaller here.
/// </summary>
internal static class RankFusion
{
    private const double Constant = 10;
    /// <summary>Built-in vectors know few words that mean the same; their ranking tips the balance, no more.</summary>
    private const double BuiltInWeight = 0.4;

    /// <param name="words">Place from 1 among passages found by words; null when it is not among them.</param>
    /// <param name="meaning">Place among the nearest in meaning.</param>
    /// <param name="isModel">Whether the meaning is a real model's.</param>
    /// <returns>0-1; 1 for the first of both.</returns>
    public static double Score(int? words, int? meaning, bool isModel)
    {
        var weight = isModel ? 1 : BuiltInWeight;
        return (Of(words) + weight * Of(meaning)) / (1 + weight);

        static double Of(int? place) => place is { } p ? (Constant + 1) / (Constant + p) : 0;
    }
}
