using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>
/// A small layer between features and margins that sees which words come together: margins = max(0, x W + b) V + c, added to the linear ones. Trained by
/// <see cref="HiddenTrainer"/>. Immutable, thread-safe.
/// </summary>
/// <param name="Rows">W: a row of <see cref="Units"/> weights a feature. Features that came later have none.</param>
/// <param name="Bias">b.</param>
/// <param name="Outputs">V: a row of margins a unit.</param>
/// <param name="OutputBias">c.</param>
internal sealed record HiddenLayer(QuantisedRows Rows, float[] Bias, float[] Outputs, float[] OutputBias)
{
    public const int MostUnits = 256;

    public int Units => Bias.Length;

    /// <summary>The same layer with its margins multiplied.</summary>
    public HiddenLayer Times(float factor)
    {
        var (outputs, bias) = (new float[Outputs.Length], new float[OutputBias.Length]);
        TensorPrimitives.Multiply(Outputs, factor, outputs);
        TensorPrimitives.Multiply(OutputBias, factor, bias);
        return this with { Outputs = outputs, OutputBias = bias };
    }

    /// <summary>Adds this layer's part to the margins of a text.</summary>
    public void AddTo(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, Span<float> margins)
    {
        Span<float> units = stackalloc float[MostUnits];
        units = units[..Units];
        Bias.CopyTo(units);
        Rows.AddTo(rows, values, units);
        var width = OutputBias.Length;
        TensorPrimitives.Add(margins[..width], OutputBias, margins);
        for (var i = 0; i < units.Length; i++)
            if (units[i] > 0)
                TensorPrimitives.MultiplyAdd(Outputs.AsSpan(i * width, width), units[i], margins[..width], margins);
    }
}
