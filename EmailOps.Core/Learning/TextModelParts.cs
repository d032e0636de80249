namespace EmailOps.Core.Learning;

/// <summary>What a trained text model consists of; everything that is saved.</summary>
internal sealed record TextModelParts
{
    /// <summary>The value of a switch that is on; below 1 so that cues nudge and words decide.</summary>
    public const float SwitchValue = 0.15f;

    public required string[] Labels { get; init; }
    public required Vocabulary Vocabulary { get; init; }
    /// <summary>Per feature of the vocabulary a row of <see cref="Stride"/> weights for the labels, and behind them one for each hidden unit.</summary>
    public required QuantisedRows Rows { get; init; }
    /// <summary>A row of <see cref="Stride"/> weights per switch.</summary>
    public required float[] SwitchWeights { get; init; }
    public required float[] Bias { get; init; }
    /// <summary>Null where there were too few texts to learn one from.</summary>
    public HiddenLayer? Hidden { get; init; }
    /// <summary>Divides the margins before softmax (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2).</summary>
    public required float Temperature { get; init; }
    /// <summary>Applied to the best label's probability after the temperature.</summary>
    public required BetaCalibration Calibration { get; init; }
    public required ScopeTest Scope { get; init; }
    /// <summary>Hash of the training data and method.</summary>
    public required string Version { get; init; }
    public required TrainingFigures Figures { get; init; }

    public int Switches => SwitchWeights.Length / Stride;
    /// <summary>Labels rounded up to whole vectors; the rest of a row is zero.</summary>
    public int Stride => StrideOf(Labels.Length);

    public static int StrideOf(int labels) => QuantisedRows.WidthOf(labels);

    /// <summary>Room that <see cref="Score"/> needs.</summary>
    public int Width => Rows.Width;

    /// <summary>Raw margins, before temperature and softmax.</summary>
    /// <param name="rows">Of the vocabulary.</param>
    /// <param name="margins">At least <see cref="Width"/> long; what is behind the labels is no margin.</param>
    public void Score(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, ReadOnlySpan<int> switches, Span<float> margins)
    {
        Bias.CopyTo(margins);
        Hidden?.Bias.CopyTo(margins[Stride..]);
        Rows.AddTo(rows, values, margins);
        foreach (var on in switches)
            RowMath.AddScaled(margins[..Stride], SwitchWeights.AsSpan(on * Stride, Stride), SwitchValue);
        Hidden?.AddTo(margins.Slice(Stride, Hidden.Units), margins);
    }
}

/// <summary>What was measured on the held-out part at training. All but the counts are 0-1.</summary>
/// <param name="ExpectedCalibrationError">15 equal-width bins, after calibration (Naeini et al. 2015).</param>
internal sealed record TrainingFigures(int Examples, int HeldOut, double Accuracy, double MacroF1, double ExpectedCalibrationError, double Seconds);
