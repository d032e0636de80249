using System.Numerics.Tensors;

namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// One linear margin a label, each against all texts without it: L2-regularised squared hinge loss by dual coordinate descent (Hsieh et al. 2008, "A Dual
/// Coordinate Descent Method for Large-scale Linear SVM", algorithm 1), all labels side by side. Unlike <see cref="MarginTrainer"/> a text may have several labels or none.
/// </summary>
internal sealed record LabelMargins(float[] Weights, float[] Bias, int Stride)
{
    /// <summary>A step smaller than this for every label is not taken.</summary>
    private const float LeastStep = 1e-4f;

    /// <summary>Writes <see cref="Stride"/> margins.</summary>
    public void Score(ReadOnlySpan<int> rows, ReadOnlySpan<float> values, Span<float> margins)
    {
        Bias.CopyTo(margins);
        ReadOnlySpan<float> weights = Weights;
        for (var i = 0; i < rows.Length; i++)
            TensorPrimitives.MultiplyAdd(weights.Slice(rows[i] * Stride, Stride), values[i], margins, margins);
    }

    /// <summary>The margins of both, added.</summary>
    public LabelMargins Plus(LabelMargins other)
    {
        var (weights, bias) = (new float[Weights.Length], new float[Bias.Length]);
        TensorPrimitives.Add(Weights, other.Weights, weights);
        TensorPrimitives.Add(Bias, other.Bias, bias);
        return new LabelMargins(weights, bias, Stride);
    }

    /// <param name="features">Number of rows.</param>
    /// <param name="held">The labels of each text.</param>
    /// <param name="unknown">Labels of which a text says nothing.</param>
    public static LabelMargins Fit(int labels, int features, int[][] rows, float[][] values, IReadOnlyList<int>[] held, LabelSettings settings, IReadOnlyList<int>?[]? unknown = null)
    {
        var stride = TextModelParts.StrideOf(labels);
        var result = new LabelMargins(new float[features * stride], new float[stride], stride);
        var slack = 1 / (2 * settings.Cost);
        var alphas = new float[rows.Length * stride];
        var norms = Array.ConvertAll(values, v => 1 + TensorPrimitives.SumOfSquares<float>(v) + slack);
        float[] signs = new float[stride], step = new float[stride], next = new float[stride];
        var random = new Random(settings.Seed);
        var order = Enumerable.Range(0, rows.Length).ToArray();
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                var alpha = alphas.AsSpan(i * stride, stride);
                signs.AsSpan().Fill(-1);
                foreach (var label in held[i])
                    signs[label] = 1;
                result.Score(rows[i], values[i], step);
                // The gradient of the dual: y (w x) - 1 + slack alpha; no alpha falls below zero.
                TensorPrimitives.Multiply(step, signs, step);
                TensorPrimitives.MultiplyAdd(alpha, slack, step, step);
                TensorPrimitives.Subtract(step, 1f, step);
                TensorPrimitives.Divide(step, norms[i], step);
                TensorPrimitives.Subtract(alpha, step, next);
                TensorPrimitives.Max<float>(next, 0f, next);
                foreach (var label in unknown?[i] ?? [])
                    next[label] = 0;
                TensorPrimitives.Subtract(next, alpha, step);
                next.CopyTo(alpha);
                if (MathF.Abs(TensorPrimitives.MaxMagnitude<float>(step)) < LeastStep)
                    continue;
                TensorPrimitives.Multiply(step, signs, step);
                step.AsSpan(labels).Clear();
                TensorPrimitives.Add(result.Bias, step, result.Bias);
                for (var k = 0; k < rows[i].Length; k++)
                {
                    var weights = result.Weights.AsSpan(rows[i][k] * stride, stride);
                    TensorPrimitives.MultiplyAdd(step, values[i][k], weights, weights);
                }
            }
        }
        return result;
    }
}
