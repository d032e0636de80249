using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>
/// Fits one linear margin per label against all others: L2-regularised squared hinge loss by dual coordinate descent (Hsieh et al. 2008,
/// "A Dual Coordinate Descent Method for Large-scale Linear SVM", algorithm 1). All labels are fitted side by side, a text at a time, so
/// that a row of weights is read once for all of them. The same input gives the same weights.
/// </summary>
internal static class MarginTrainer
{
    /// <summary>A step smaller than this for every label is not taken: the rows stay untouched.</summary>
    private const float LeastStep = 1e-4f;

    /// <param name="parts">Gets the weights and the bias; both must be zero.</param>
    /// <param name="labels">The label of each text; -1: none.</param>
    /// <param name="weights">How much each text counts; null: all the same.</param>
    public static void Fit(TextModelParts parts, IReadOnlyList<int> labels, int[][] rows, float[][] values, TrainingSettings settings, IReadOnlyList<float>? weights = null)
    {
        var stride = parts.Stride;
        var alphas = new float[labels.Count * stride];
        var (slacks, norms) = (new float[labels.Count], new float[labels.Count]);
        for (var i = 0; i < norms.Length; i++)
        {
            slacks[i] = 1 / (2 * settings.Cost * (weights?[i] ?? 1));
            norms[i] = 1 + TensorPrimitives.SumOfSquares<float>(values[i]) + slacks[i];
        }
        var signs = new float[stride];
        var gradient = new float[stride];
        var next = new float[stride];
        var random = new Random(settings.Seed);
        var order = Enumerable.Range(0, labels.Count).ToArray();
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var i in order)
            {
                var alpha = alphas.AsSpan(i * stride, stride);
                TextModel.Score(parts, rows[i], values[i], [], gradient);
                signs.AsSpan().Fill(-1);
                if (labels[i] >= 0)
                    signs[labels[i]] = 1;
                // The gradient of the dual: y (w x) - 1 + slack alpha.
                TensorPrimitives.Multiply(gradient, signs, gradient);
                TensorPrimitives.MultiplyAdd(alpha, slacks[i], gradient, gradient);
                TensorPrimitives.Subtract(gradient, 1f, gradient);
                TensorPrimitives.Divide(gradient, norms[i], gradient);
                TensorPrimitives.Subtract(alpha, gradient, next);
                TensorPrimitives.Max<float>(next, 0f, next);
                TensorPrimitives.Subtract(next, alpha, gradient);
                next.CopyTo(alpha);
                if (TensorPrimitives.MaxMagnitude<float>(gradient) is var largest && largest < LeastStep && largest > -LeastStep)
                    continue;
                TensorPrimitives.Multiply(gradient, signs, gradient);
                gradient.AsSpan(parts.Labels.Length).Clear();
                TensorPrimitives.Add(parts.Bias, gradient, parts.Bias);
                for (var k = 0; k < rows[i].Length; k++)
                {
                    var row = parts.Weights.AsSpan(rows[i][k] * stride, stride);
                    TensorPrimitives.MultiplyAdd(gradient, values[i][k], row, row);
                }
            }
        }
    }
}
