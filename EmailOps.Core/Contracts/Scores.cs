namespace EmailOps.Core.Contracts;

/// <summary>How well categories were recognised on rows whose right category is known. Shares are 0-1.</summary>
/// <param name="Rows">How many rows were judged.</param>
/// <param name="MacroF1">Mean over the categories that occur of the harmonic mean of precision and recall.</param>
/// <param name="CalibrationError">Expected calibration error, 15 equal-width bins (Naeini et al. 2015): how far probabilities are from what came true.</param>
/// <param name="Confusion">Only what was taken for something else, most often first.</param>
/// <param name="Coverage">Error among the most confident rows, by the share of rows kept.</param>
public sealed record ScoreView(int Rows, int Right, double Accuracy, double MacroF1, double CalibrationError, IReadOnlyList<ConfusionCell> Confusion, IReadOnlyList<CoveragePoint> Coverage)
{
    public static ScoreView None { get; } = new(0, 0, 0, 0, 0, [], []);
}

/// <param name="Truth">The category it is.</param>
/// <param name="Said">The category it was taken for.</param>
public sealed record ConfusionCell(string Truth, string Said, int Count);

/// <param name="Coverage">Share of rows kept, the most confident first, 0-1.</param>
/// <param name="Wrong">Share of wrong rows among them, 0-1.</param>
/// <param name="Confidence">The lowest confidence kept.</param>
public sealed record CoveragePoint(double Coverage, double Wrong, double Confidence);
