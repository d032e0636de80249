namespace EmailOps.Core.Learning;

/// <summary>What a trained text model consists of; everything that is saved.</summary>
internal sealed record TextModelParts
{
    /// <summary>The value of a switch that is on; below 1 so that cues nudge and words decide.</summary>
    public const float SwitchValue = 0.15f;

    public required string[] Labels { get; init; }
    public required Vocabulary Vocabulary { get; init; }
    public required int Switches { get; init; }
    /// <summary>Row-major: one row of <see cref="Stride"/> weights per feature, then one per switch.</summary>
    public required float[] Weights { get; init; }
    public required float[] Bias { get; init; }
    /// <summary>Divides the margins before softmax (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2).</summary>
    public required float Temperature { get; init; }
    /// <summary>Applied to the best label's probability after the temperature.</summary>
    public required BetaCalibration Calibration { get; init; }
    public required ScopeTest Scope { get; init; }
    /// <summary>Hash of the training data and method.</summary>
    public required string Version { get; init; }
    public required TrainingFigures Figures { get; init; }

    /// <summary>Labels rounded up to whole vectors; the rest of a row is zero.</summary>
    public int Stride => StrideOf(Labels.Length);

    public static int StrideOf(int labels) => (labels + 7) & ~7;
}

/// <summary>What was measured on the held-out part at training. All but the counts are 0-1.</summary>
/// <param name="ExpectedCalibrationError">15 equal-width bins, after calibration (Naeini et al. 2015).</param>
internal sealed record TrainingFigures(int Examples, int HeldOut, double Accuracy, double MacroF1, double ExpectedCalibrationError, double Seconds);
