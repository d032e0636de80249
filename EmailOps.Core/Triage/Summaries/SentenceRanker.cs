namespace EmailOps.Core.Triage.Summaries;

/// <summary>How much a sentence is worth showing: a weighted sum of its traits.</summary>
/// <param name="Weights">One a trait (<see cref="SentenceTraits.Count"/>), then a constant that changes no order.</param>
internal sealed partial record SentenceRanker(float[] Weights)
{
    /// <summary>Pulls small effects to nothing; in units of sentences.</summary>
    private const double Ridge = 100;

    public float[] Score(SentenceTraits traits) => Array.ConvertAll(traits.Values, Score);

    private float Score(float[] traits)
    {
        var sum = Weights[^1];
        for (var k = 0; k < traits.Length; k++)
            sum += Weights[k] * traits[k];
        return sum;
    }

    /// <summary>Ridge regression on standardised traits, by Cholesky.</summary>
    /// <param name="targets">What each sentence was worth to people, 0-1.</param>
    public static SentenceRanker Fit(IReadOnlyList<float[]> traits, IReadOnlyList<float> targets)
    {
        const int n = SentenceTraits.Count;
        var (mean, deviation) = (new double[n], new double[n]);
        for (var k = 0; k < n; k++)
        {
            mean[k] = traits.Average(t => t[k]);
            deviation[k] = Math.Sqrt(traits.Average(t => (t[k] - mean[k]) * (t[k] - mean[k])));
        }
        var middle = targets.Average();
        var (matrix, right) = (new double[n, n], new double[n]);
        var row = new double[n];
        for (var i = 0; i < traits.Count; i++)
        {
            for (var k = 0; k < n; k++)
                row[k] = deviation[k] < 1e-6 ? 0 : (traits[i][k] - mean[k]) / deviation[k];
            for (var k = 0; k < n; k++)
            {
                right[k] += row[k] * (targets[i] - middle);
                for (var l = 0; l <= k; l++)
                    matrix[k, l] += row[k] * row[l];
            }
        }
        for (var k = 0; k < n; k++)
            matrix[k, k] += Ridge;
        var solved = Solve(matrix, right, n);
        var weights = new float[n + 1];
        double constant = middle;
        for (var k = 0; k < n; k++)
            if (deviation[k] >= 1e-6)
            {
                weights[k] = (float)(solved[k] / deviation[k]);
                constant -= solved[k] / deviation[k] * mean[k];
            }
        weights[n] = (float)constant;
        return new SentenceRanker(weights);
    }

    /// <summary>In place: matrix = L L', then forward and back. The ridge keeps it positive definite.</summary>
    private static double[] Solve(double[,] a, double[] b, int n)
    {
        for (var k = 0; k < n; k++)
            for (var r = k; r < n; r++)
            {
                var sum = a[r, k];
                for (var c = 0; c < k; c++)
                    sum -= a[r, c] * a[k, c];
                a[r, k] = r == k ? Math.Sqrt(sum) : sum / a[k, k];
            }
        for (var k = 0; k < n; k++)
        {
            for (var c = 0; c < k; c++)
                b[k] -= a[k, c] * b[c];
            b[k] /= a[k, k];
        }
        for (var k = n - 1; k >= 0; k--)
        {
            for (var r = k + 1; r < n; r++)
                b[k] -= a[r, k] * b[r];
            b[k] /= a[k, k];
        }
        return b;
    }
}
