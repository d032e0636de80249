namespace EmailOps.Core.Knowledge.Ranking;

/// <summary>How much each kind of likeness counts.</summary>
internal sealed record RankingWeights(float Titles, float Words, float Letters, float Latent, float Known, float KnownLetters, float Alike, float Feedback, float Company)
{
    private static readonly float[] s_steps = [-0.5f, -0.25f, -0.1f, 0.1f, 0.25f, 0.5f, 1f];
    /// <summary>Less is noise: a step that gains so little is not taken.</summary>
    private const double LeastGain = 0.0015;
    private const int Rounds = 12, Folds = 5, Depth = 10;

    /// <summary>For entries of which nothing is known but their text.</summary>
    public static RankingWeights Plain { get; } = new(1, 0.25f, 0.25f, 0.5f, 0, 0, 0, 1.5f, 0.5f);

    /// <summary>For short entries that are known to be asked for in other words.</summary>
    public static RankingWeights Asked { get; } = new(0.25f, 1, 0.75f, 0.25f, 0.25f, 0.5f, 0, 0, 0);

    /// <summary>Of the signals, in the order of <see cref="EntryRanker.Signals"/>.</summary>
    public float this[int signal] => signal switch { 0 => Titles, 1 => Words, 2 => Letters, 3 => Latent, 4 => Known, 5 => KnownLetters, 6 => Alike, _ => throw new ArgumentOutOfRangeException(nameof(signal)) };

    /// <summary>
    /// Steps from the better of <see cref="Plain"/> and <see cref="Asked"/> to weights that rank known questions better (nDCG at 10). Each question is ranked by an index that does not know it: what is
    /// learned must hold for questions nobody has asked yet.
    /// </summary>
    public static RankingWeights Learn(IReadOnlyList<Entry> entries, IReadOnlyList<KnownQuestion> known, string language)
    {
        if (known.Count < Folds * 4)
            return Plain;
        var cases = new (EntryRanker Ranker, float[][] Signals, KnownQuestion Question)[known.Count];
        Parallel.For(0, Folds, fold =>
        {
            var ranker = new EntryRanker(entries, [.. known.Where((_, i) => i % Folds != fold)], language, Plain);
            for (var i = fold; i < known.Count; i += Folds)
                cases[i] = (ranker, ranker.Signals(known[i].Text), known[i]);
        });
        var (best, score) = new[] { Plain, Asked }.Select(w => (w, Quality(w))).MaxBy(p => p.Item2);
        for (var round = 0; round < Rounds; round++)
        {
            var (from, gained) = (best, score);
            foreach (var candidate in Around(from))
                if (Quality(candidate) is var quality && quality > gained)
                    (best, gained) = (candidate, quality);
            if (gained < score + LeastGain)
                return from;
            score = gained;
        }
        return best;

        double Quality(RankingWeights weights) => cases.AsParallel().Average(c => Gain(EntryRanker.Top(c.Ranker.Combine(c.Signals, weights), Depth), c.Question.Relevant));
    }

    /// <summary>nDCG with gains of two to the grade, minus one (Burges et al. 2005).</summary>
    internal static double Gain(ReadOnlySpan<int> ranked, IReadOnlyDictionary<int, int> relevant)
    {
        double gain = 0, best = 0;
        for (var i = 0; i < ranked.Length; i++)
            gain += relevant.TryGetValue(ranked[i], out var grade) ? (Math.Pow(2, grade) - 1) / Math.Log2(i + 2) : 0;
        foreach (var (i, grade) in relevant.Values.OrderDescending().Take(ranked.Length).Index())
            best += (Math.Pow(2, grade) - 1) / Math.Log2(i + 2);
        return best > 0 ? gain / best : 0;
    }

    private static IEnumerable<RankingWeights> Around(RankingWeights w)
    {
        foreach (var step in s_steps)
        {
            yield return w with { Titles = Math.Max(0, w.Titles + step) };
            yield return w with { Words = Math.Max(0, w.Words + step) };
            yield return w with { Letters = Math.Max(0, w.Letters + step) };
            yield return w with { Latent = Math.Max(0, w.Latent + step) };
            yield return w with { Known = Math.Max(0, w.Known + step) };
            yield return w with { KnownLetters = Math.Max(0, w.KnownLetters + step) };
            yield return w with { Alike = Math.Max(0, w.Alike + step) };
            yield return w with { Feedback = Math.Max(0, w.Feedback + step) };
            yield return w with { Company = Math.Max(0, w.Company + step) };
        }
    }
}
