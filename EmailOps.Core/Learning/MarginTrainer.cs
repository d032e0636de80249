using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace EmailOps.Core.Learning;

/// <summary>Linear margins while they are learned: a row of <see cref="Stride"/> weights a feature, and a bias.</summary>
internal sealed class MarginWeights
{
    public MarginWeights(int rows, int labels) : this(new float[rows * TextModelParts.StrideOf(labels)], new float[TextModelParts.StrideOf(labels)], labels)
    {
    }

    private MarginWeights(float[] weights, float[] bias, int labels) => (Weights, Bias, Labels) = (weights, bias, labels);

    public int Labels { get; }
    /// <summary>Labels rounded up to whole vectors; the rest of a row is zero.</summary>
    public int Stride => Bias.Length;
    public float[] Weights { get; }
    public float[] Bias { get; }

    public Span<float> Row(int row) => Weights.AsSpan(row * Stride, Stride);

    public MarginWeights Times(float factor)
    {
        var result = new MarginWeights(new float[Weights.Length], new float[Bias.Length], Labels);
        TensorPrimitives.Multiply(Weights, factor, result.Weights);
        TensorPrimitives.Multiply(Bias, factor, result.Bias);
        return result;
    }

    /// <summary>The margins of a text.</summary>
    public void Score(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, Span<float> margins)
    {
        Bias.CopyTo(margins);
        for (var i = 0; i < rows.Length; i++)
            RowMath.AddScaled(margins[..Stride], Row(rows[i]), values[i]);
    }
}

/// <summary>
/// Fits one linear margin per label against all others: L2-regularised squared hinge loss by dual coordinate descent (Hsieh et al. 2008,
/// "A Dual Coordinate Descent Method for Large-scale Linear SVM", algorithm 1). All labels are fitted side by side, a text at a time, so
/// that a row of weights is read once for all of them. Labels do not exclude each other: a text may have several. The same input gives the same weights.
/// </summary>
internal static class MarginTrainer
{
    /// <summary>A step smaller than this for every label is not taken: the rows stay untouched.</summary>
    private const float LeastStep = 1e-4f;

    /// <param name="result">Gets the weights; must be zero.</param>
    /// <param name="labels">The label of each text; -1: none.</param>
    /// <param name="weights">How much each text counts; null: all the same.</param>
    public static void Fit(MarginWeights result, IReadOnlyList<int> labels, int[][] rows, float[][] values, TrainingSettings settings, IReadOnlyList<float>? weights = null)
        => Fit(result, [.. labels.Select(l => l < 0 ? [] : new[] { l })], rows, values, settings, weights);

    /// <param name="result">Gets the weights; must be zero.</param>
    /// <param name="labels">The labels of each text: none, one or several.</param>
    /// <param name="weights">How much each text counts; null: all the same.</param>
    public static void Fit(MarginWeights result, int[][] labels, int[][] rows, float[][] values, TrainingSettings settings, IReadOnlyList<float>? weights = null)
    {
        var stride = result.Stride;
        var alphas = new float[labels.Length * stride];
        var (slacks, norms) = (new float[labels.Length], new float[labels.Length]);
        for (var i = 0; i < norms.Length; i++)
        {
            slacks[i] = 1 / (2 * settings.Cost * (weights?[i] ?? 1));
            norms[i] = 1 + TensorPrimitives.SumOfSquares<float>(values[i]) + slacks[i];
        }
        var signs = new float[stride];
        var change = new float[stride];
        signs.AsSpan(0, result.Labels).Fill(-1);
        var random = new Random(settings.Seed);
        var order = Enumerable.Range(0, labels.Length).ToArray();
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                result.Score(rows[i], values[i], change);
                foreach (var label in labels[i])
                    signs[label] = 1;
                var largest = Step(alphas.AsSpan(i * stride, stride), signs, change, slacks[i], 1 / norms[i]);
                foreach (var label in labels[i])
                    signs[label] = -1;
                if (largest < LeastStep)
                    continue;
                RowMath.AddScaled(result.Bias, change, 1);
                for (var k = 0; k < rows[i].Length; k++)
                    RowMath.AddScaled(result.Row(rows[i][k]), change, values[i][k]);
            }
        }
    }

    /// <summary>Moves the dual variables of a text by the gradient y m - 1 + slack alpha, and turns its margins into what is to be added along it.</summary>
    /// <param name="signs">1 for its labels, -1 for others, 0 behind the last label.</param>
    /// <returns>The largest step.</returns>
    private static float Step(Span<float> alphas, Span<float> signs, Span<float> margins, float slack, float inverseNorm)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(alphas);
        var y = MemoryMarshal.Cast<float, Vector<float>>(signs);
        var m = MemoryMarshal.Cast<float, Vector<float>>(margins);
        var (s, n, largest) = (new Vector<float>(slack), new Vector<float>(inverseNorm), Vector<float>.Zero);
        for (var i = 0; i < a.Length; i++)
        {
            var gradient = m[i] * y[i] - Vector<float>.One + s * a[i];
            var next = Vector.Max(Vector<float>.Zero, a[i] - gradient * n);
            var step = next - a[i];
            a[i] = next;
            m[i] = step * y[i];
            largest = Vector.Max(largest, Vector.Abs(m[i]));
        }
        var most = 0f;
        for (var i = 0; i < Vector<float>.Count; i++)
            most = Math.Max(most, largest[i]);
        return most;
    }
}
