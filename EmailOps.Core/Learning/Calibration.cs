using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>Makes probabilities mean what they say, and measures whether they do.</summary>
internal static class Calibration
{
    private const int Bins = 15;

    /// <summary>The temperature with the least log loss (golden-section search over 0.05 to 20, on a logarithmic scale).</summary>
    public static float FitTemperature(float[][] margins, IReadOnlyList<int> truth, int labels)
    {
        double low = Math.Log(0.05), high = Math.Log(20);
        var ratio = (Math.Sqrt(5) - 1) / 2;
        double a = high - ratio * (high - low), b = low + ratio * (high - low);
        double lossA = Loss(margins, truth, labels, Math.Exp(a)), lossB = Loss(margins, truth, labels, Math.Exp(b));
        while (high - low > 0.01)
        {
            if (lossA < lossB)
            {
                (high, b, lossB) = (b, a, lossA);
                a = high - ratio * (high - low);
                lossA = Loss(margins, truth, labels, Math.Exp(a));
            }
            else
            {
                (low, a, lossA) = (a, b, lossB);
                b = low + ratio * (high - low);
                lossB = Loss(margins, truth, labels, Math.Exp(b));
            }
        }
        return (float)Math.Exp((low + high) / 2);
    }

    /// <summary>The beta calibration of the best label's probability under a temperature.</summary>
    public static BetaCalibration FitTop(float[][] margins, IReadOnlyList<int> truth, int labels, float temperature)
    {
        var probabilities = new float[labels];
        var (top, right) = (new float[margins.Length], new bool[margins.Length]);
        for (var i = 0; i < margins.Length; i++)
        {
            Probabilities(margins[i], labels, temperature, probabilities);
            var best = TensorPrimitives.IndexOfMax<float>(probabilities);
            (top[i], right[i]) = (probabilities[best], best == truth[i]);
        }
        return BetaCalibration.Fit(top, right);
    }

    /// <summary>Accuracy, macro-F1 and calibration error of margins under a temperature and a calibration of the best label.</summary>
    public static TrainingFigures Measure(float[][] margins, IReadOnlyList<int> truth, int labels, float temperature, BetaCalibration calibration)
    {
        var probabilities = new float[labels];
        Span<int> right = stackalloc int[Bins], count = stackalloc int[Bins];
        Span<double> sum = stackalloc double[Bins];
        var (hits, truePositives, predicted, actual) = (0, new int[labels], new int[labels], new int[labels]);
        for (var i = 0; i < margins.Length; i++)
        {
            Probabilities(margins[i], labels, temperature, probabilities);
            calibration.Apply(probabilities);
            var best = TensorPrimitives.IndexOfMax<float>(probabilities);
            var isRight = best == truth[i];
            predicted[best]++;
            actual[truth[i]]++;
            if (isRight)
            {
                hits++;
                truePositives[best]++;
            }
            var bin = Math.Min(Bins - 1, (int)(probabilities[best] * Bins));
            count[bin]++;
            sum[bin] += probabilities[best];
            right[bin] += isRight ? 1 : 0;
        }
        double error = 0, f1 = 0;
        for (var bin = 0; bin < Bins; bin++)
            error += Math.Abs(sum[bin] - right[bin]) / Math.Max(1, margins.Length);
        for (var label = 0; label < labels; label++)
            f1 += 2.0 * truePositives[label] / Math.Max(1, predicted[label] + actual[label]) / labels;
        return new TrainingFigures(margins.Length, margins.Length, (double)hits / Math.Max(1, margins.Length), f1, error, 0);
    }

    private static double Loss(float[][] margins, IReadOnlyList<int> truth, int labels, double temperature)
    {
        var probabilities = new float[labels];
        double loss = 0;
        for (var i = 0; i < margins.Length; i++)
        {
            Probabilities(margins[i], labels, (float)temperature, probabilities);
            loss -= Math.Log(Math.Max(probabilities[truth[i]], 1e-12));
        }
        return loss;
    }

    private static void Probabilities(float[] margins, int labels, float temperature, Span<float> result)
    {
        TensorPrimitives.Divide(margins.AsSpan(0, labels), temperature, result);
        TensorPrimitives.Subtract(result, TensorPrimitives.Max<float>(result), result);
        TensorPrimitives.SoftMax(result, result);
    }
}
