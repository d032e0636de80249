namespace EmailOps.Core.Learning;

/// <summary>
/// A small layer between features and margins that sees which words come together: margins = max(0, x W + b) V + c, added to the linear ones. W stands in the table of
/// the linear weights, behind them in each row, so that both are read at once. Trained by <see cref="HiddenTrainer"/>. Immutable, thread-safe.
/// </summary>
/// <param name="Bias">b, a number a unit; units are a multiple of 16.</param>
/// <param name="Outputs">V: a row of margins a unit.</param>
/// <param name="OutputBias">c.</param>
internal sealed record HiddenLayer(float[] Bias, float[] Outputs, float[] OutputBias)
{
    public const int MostUnits = 256;

    public int Units => Bias.Length;

    /// <summary>Adds this layer's part to the margins of a text.</summary>
    /// <param name="units">x W + b.</param>
    public void AddTo(ReadOnlySpan<float> units, Span<float> margins)
    {
        margins = margins[..OutputBias.Length];
        RowMath.AddScaled(margins, OutputBias, 1);
        for (var i = 0; i < units.Length; i++)
            if (units[i] > 0)
                RowMath.AddScaled(margins, Outputs.AsSpan(i * margins.Length, margins.Length), units[i]);
    }
}
