using EmailOps.Core.Contracts;

namespace EmailOps.Core.Learning;

/// <summary>Measures of a classifier on judged rows.</summary>
internal static class Scores
{
    private const int Bins = 15;
    private const int MostCells = 200;
    private static readonly double[] s_coverages = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

    public static ScoreView Of(IReadOnlyList<JudgedRow> rows)
    {
        if (rows.Count == 0) return ScoreView.None;
        var right = rows.Count(r => r.IsRight);
        return new ScoreView(rows.Count, right, (double)right / rows.Count, MacroF1(rows), CalibrationError(rows), Confusion(rows), Coverage(rows));
    }

    private static double MacroF1(IReadOnlyList<JudgedRow> rows)
    {
        var counts = new Dictionary<string, (int Hits, int Said, int Truth)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var truth = counts.GetValueOrDefault(row.Truth);
            counts[row.Truth] = (truth.Hits + (row.IsRight ? 1 : 0), truth.Said, truth.Truth + 1);
            var said = counts.GetValueOrDefault(row.Said);
            counts[row.Said] = said with { Said = said.Said + 1 };
        }
        // A label that never occurs and was said wrongly costs its rows' labels already.
        var occurring = counts.Values.Where(c => c.Truth > 0).ToArray();
        return occurring.Average(c => 2.0 * c.Hits / (c.Said + c.Truth));
    }

    private static double CalibrationError(IReadOnlyList<JudgedRow> rows)
    {
        Span<double> gap = stackalloc double[Bins];
        foreach (var row in rows)
            gap[Math.Clamp((int)(row.Confidence * Bins), 0, Bins - 1)] += row.Confidence - (row.IsRight ? 1 : 0);
        var error = 0.0;
        foreach (var each in gap) error += Math.Abs(each);
        return error / rows.Count;
    }

    private static List<ConfusionCell> Confusion(IReadOnlyList<JudgedRow> rows)
        => [.. rows.Where(r => !r.IsRight).GroupBy(r => (r.Truth, r.Said)).Select(g => new ConfusionCell(g.Key.Truth, g.Key.Said, g.Count()))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Truth, StringComparer.Ordinal).ThenBy(c => c.Said, StringComparer.Ordinal).Take(MostCells)];

    /// <summary>Error among the most confident rows (risk and coverage: El-Yaniv, Wiener 2010, "On the Foundations of Noise-free Selective Classification").</summary>
    private static List<CoveragePoint> Coverage(IReadOnlyList<JudgedRow> rows)
    {
        var sorted = rows.OrderByDescending(r => r.Confidence).ToArray();
        var wrong = new int[sorted.Length + 1];
        for (var i = 0; i < sorted.Length; i++) wrong[i + 1] = wrong[i] + (sorted[i].IsRight ? 0 : 1);
        return [.. s_coverages.Select(c => Math.Max(1, (int)Math.Round(c * sorted.Length))).Distinct()
            .Select(kept => new CoveragePoint((double)kept / sorted.Length, (double)wrong[kept] / kept, sorted[kept - 1].Confidence))];
    }
}
