using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>
/// Makes the best label's probability p mean what it says: logit(p') = a ln p - b ln(1 - p) + c (Kull, Silva Filho, Flach 2017, "Beta
/// calibration"), with a and b not negative, so that more stays more. (1, 1, 0) changes nothing.
/// </summary>
internal readonly record struct BetaCalibration(float A, float B, float C)
{
    public static BetaCalibration None { get; } = new(1, 1, 0);

    /// <summary>Below this many outcomes the three numbers would be noise.</summary>
    private const int LeastOutcomes = 50;
    /// <summary>Pulls towards no change; counts as much as a few outcomes.</summary>
    private const double Prior = 2;
    private const float Edge = 1e-6f;
    private const float More = 1.001f;

    /// <summary>Maximum likelihood by Newton's method on held-out outcomes.</summary>
    public static BetaCalibration Fit(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> right)
    {
        if (probabilities.Length < LeastOutcomes)
            return None;
        Span<double> at = [1, 1, 0];
        Span<double> next = stackalloc double[3];
        for (var round = 0; round < 30; round++)
        {
            Span<double> gradient = [Prior * (at[0] - 1), Prior * (at[1] - 1), Prior * at[2]];
            Span<double> hessian = [Prior, 0, 0, 0, Prior, 0, 0, 0, Prior];
            for (var i = 0; i < probabilities.Length; i++)
            {
                var p = Math.Clamp(probabilities[i], Edge, 1 - Edge);
                Span<double> x = [Math.Log(p), -Math.Log(1 - p), 1];
                var q = 1 / (1 + Math.Exp(-(at[0] * x[0] + at[1] * x[1] + at[2] * x[2])));
                var error = q - (right[i] ? 1 : 0);
                for (var k = 0; k < 3; k++)
                {
                    gradient[k] += error * x[k];
                    for (var l = 0; l < 3; l++)
                        hessian[k * 3 + l] += q * (1 - q) * x[k] * x[l];
                }
            }
            var step = Solve(hessian, gradient);
            // A whole Newton step may overshoot where nearly all probabilities are extreme: it is halved until it helps.
            var (before, part) = (Loss(at, probabilities, right), 1.0);
            for (; part > 1e-4; part /= 2)
            {
                for (var k = 0; k < 3; k++)
                    next[k] = k < 2 ? Math.Max(0, at[k] - part * step[k]) : at[k] - part * step[k];
                if (Loss(next, probabilities, right) <= before)
                    break;
            }
            var largest = 0.0;
            for (var k = 0; k < 3 && part > 1e-4; k++)
                (largest, at[k]) = (Math.Max(largest, Math.Abs(next[k] - at[k])), next[k]);
            if (largest < 1e-6)
                break;
        }
        return new BetaCalibration((float)at[0], (float)at[1], (float)at[2]);
    }

    /// <summary>What the fit makes small.</summary>
    private static double Loss(ReadOnlySpan<double> at, ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> right)
    {
        var loss = Prior / 2 * ((at[0] - 1) * (at[0] - 1) + (at[1] - 1) * (at[1] - 1) + at[2] * at[2]);
        for (var i = 0; i < probabilities.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], Edge, 1 - Edge);
            var logit = at[0] * Math.Log(p) - at[1] * Math.Log(1 - p) + at[2];
            // -ln of the probability of what happened, without overflow.
            logit = right[i] ? -logit : logit;
            loss += logit > 0 ? logit + Math.Log(1 + Math.Exp(-logit)) : Math.Log(1 + Math.Exp(logit));
        }
        return loss;
    }

    /// <summary>Corrects the largest of some probabilities; the others share the rest as they did before.</summary>
    public void Apply(Span<float> probabilities)
    {
        var best = TensorPrimitives.IndexOfMax<float>(probabilities);
        var old = probabilities[best];
        var p = Math.Clamp(old, Edge, 1 - Edge);
        var corrected = 1 / (1 + MathF.Exp(-(A * MathF.Log(p) - B * MathF.Log(1 - p) + C)));
        // The best label stays the best: it keeps a little more than the second gets, so that there is never a tie.
        var second = 0f;
        for (var i = 0; i < probabilities.Length; i++)
            if (i != best) second = Math.Max(second, probabilities[i]);
        var share = second / Math.Max(Edge, 1 - old);
        corrected = Math.Max(corrected, Math.Min(1, share / (1 + share) * More));
        TensorPrimitives.Multiply(probabilities, (1 - corrected) / Math.Max(Edge, 1 - old), probabilities);
        probabilities[best] = corrected;
    }

    /// <summary>Three equations by Gauss with pivoting; the prior keeps them solvable.</summary>
    private static double[] Solve(Span<double> matrix, Span<double> right)
    {
        for (var k = 0; k < 3; k++)
        {
            var pivot = k;
            for (var r = k + 1; r < 3; r++)
                if (Math.Abs(matrix[r * 3 + k]) > Math.Abs(matrix[pivot * 3 + k])) pivot = r;
            for (var c = 0; c < 3; c++)
                (matrix[k * 3 + c], matrix[pivot * 3 + c]) = (matrix[pivot * 3 + c], matrix[k * 3 + c]);
            (right[k], right[pivot]) = (right[pivot], right[k]);
            for (var r = k + 1; r < 3; r++)
            {
                var factor = matrix[r * 3 + k] / matrix[k * 3 + k];
                for (var c = k; c < 3; c++)
                    matrix[r * 3 + c] -= factor * matrix[k * 3 + c];
                right[r] -= factor * right[k];
            }
        }
        var result = new double[3];
        for (var k = 2; k >= 0; k--)
        {
            var sum = right[k];
            for (var c = k + 1; c < 3; c++)
                sum -= matrix[k * 3 + c] * result[c];
            result[k] = sum / matrix[k * 3 + k];
        }
        return result;
    }
}
