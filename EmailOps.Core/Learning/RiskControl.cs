namespace EmailOps.Core.Learning;

/// <summary>A draft that people or time judged, with the confidence it had (0-100).</summary>
internal readonly record struct Outcome(double Confidence, bool IsRight);

/// <summary>What would have happened, had everything from a threshold upwards been answered.</summary>
/// <param name="Kept">Outcomes at or above it.</param>
/// <param name="Upper">The share of wrong answers is above this with probability at most the doubt, looked at by itself.</param>
internal sealed record RiskPoint(double Threshold, int Kept, int Wrong, double Coverage, double Error, double Upper);

internal enum RiskState
{
    /// <summary>There is not enough evidence; the bands hold.</summary>
    Waiting,
    /// <summary>From the threshold on the promise is kept.</summary>
    Set,
    /// <summary>The evidence contradicts the promise even at the band: nothing is answered automatically.</summary>
    Refused,
}

/// <param name="Threshold">Lowest confidence, 0-100, from which the promise is kept; with <see cref="RiskState.Set"/>.</param>
/// <param name="Missing">With <see cref="RiskState.Waiting"/>: right outcomes still needed, if none is wrong.</param>
internal sealed record RiskFinding(RiskState State, double? Threshold, int Missing, int Outcomes);

/// <summary>
/// Finds the lowest confidence threshold that keeps the share of wrong answers among those above it at most alpha, with probability at least 1 - delta over the
/// outcomes it was computed from, for any distribution of outcomes that are exchangeable with those to come:
/// Learn then Test (Angelopoulos, Bates, Candes, Jordan, Lei 2021, "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk Control") with exact binomial p-values,
/// which is the selective risk of Geifman, El-Yaniv 2017 ("Selective Classification for Deep Neural Networks"). Thresholds stand on a fixed grid and are tested from the strictest downwards until
/// one fails (fixed-sequence testing), so that no correction for their number is paid.
/// <para>Testing begins at the first threshold with enough outcomes above it. Enough is known from confidences alone; given those, the p-value at the first threshold that breaks the promise is
/// valid as long as answers do not become better as confidence falls. One bad start would end everything, so four starts share delta.</para>
/// </summary>
internal static class RiskControl
{
    private const int Starts = 4;
    private const int MostMissing = 1_000_000;

    /// <param name="mostWrong">alpha: the share of wrong answers that is accepted, above 0 and below 1.</param>
    /// <param name="doubt">delta: how often the promise may fail, above 0 and below 1.</param>
    /// <param name="band">The threshold in force without evidence; contradicted by it, nothing is answered.</param>
    public static RiskFinding Find(IReadOnlyList<Outcome> outcomes, double mostWrong, double doubt, double band)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostWrong);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mostWrong, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(doubt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(doubt, 1);
        var curve = Counts(outcomes);
        var each = doubt / Starts;
        var least = LeastOutcomes(mostWrong, each);
        double? best = null;
        for (var start = 0; start < Starts; start++)
            if (Walk(curve, (long)least << start, mostWrong, each) is { } threshold && !(best <= threshold)) best = threshold;
        if (best is not null) return new RiskFinding(RiskState.Set, best, 0, outcomes.Count);
        var atBand = curve.FindLast(p => p.Threshold >= band);
        if (atBand.Kept > 0 && Binomial.LowerBound(atBand.Wrong, atBand.Kept, doubt) > mostWrong) return new RiskFinding(RiskState.Refused, null, 0, outcomes.Count);
        return new RiskFinding(RiskState.Waiting, null, Missing(curve, mostWrong, each, least), outcomes.Count);
    }

    /// <summary>Outcomes, all right, that one test needs.</summary>
    public static int LeastOutcomes(double mostWrong, double doubt) => (int)Math.Ceiling(Math.Log(doubt) / Math.Log(1 - mostWrong));

    /// <summary>From 100 downwards in steps of one.</summary>
    public static IReadOnlyList<RiskPoint> Curve(IReadOnlyList<Outcome> outcomes, double doubt)
        => [.. Counts(outcomes).Select(p => new RiskPoint(p.Threshold, p.Kept, p.Wrong, outcomes.Count == 0 ? 0 : (double)p.Kept / outcomes.Count, p.Kept == 0 ? 0 : (double)p.Wrong / p.Kept,
            p.Kept == 0 ? 1 : Binomial.UpperBound(p.Wrong, p.Kept, doubt)))];

    private readonly record struct Count(double Threshold, int Kept, int Wrong);

    private static List<Count> Counts(IReadOnlyList<Outcome> outcomes)
    {
        var (kept, wrong) = (new int[102], new int[102]);
        foreach (var outcome in outcomes)
        {
            var at = (int)Math.Floor(Math.Clamp(outcome.Confidence, 0, 100));
            kept[at]++;
            wrong[at] += outcome.IsRight ? 0 : 1;
        }
        List<Count> points = [];
        for (var at = 100; at >= 0; at--)
        {
            (kept[at], wrong[at]) = (kept[at] + kept[at + 1], wrong[at] + wrong[at + 1]);
            points.Add(new Count(at, kept[at], wrong[at]));
        }
        return points;
    }

    private static double? Walk(List<Count> curve, long enough, double mostWrong, double doubt)
    {
        double? passed = null;
        foreach (var point in curve)
        {
            if (point.Kept < enough) continue;
            if (Binomial.AtMost(point.Wrong, point.Kept, mostWrong) > doubt) break;
            passed = point.Threshold;
        }
        return passed;
    }

    /// <summary>The fewest more outcomes, all right, after which some threshold would pass.</summary>
    private static int Missing(List<Count> curve, double mostWrong, double doubt, int least)
    {
        var fewest = MostMissing;
        foreach (var point in curve.DistinctBy(p => p.Kept))
        {
            bool Passes(int more) => point.Kept + more >= least && Binomial.AtMost(point.Wrong, point.Kept + more, mostWrong) <= doubt;
            if (!Passes(fewest)) continue;
            int low = 0, high = fewest;
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                if (Passes(middle)) high = middle;
                else low = middle + 1;
            }
            fewest = low;
        }
        return Math.Max(1, fewest);
    }
}
