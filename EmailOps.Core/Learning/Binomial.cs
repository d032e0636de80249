namespace EmailOps.Core.Learning;

/// <summary>The binomial distribution, exactly: tails and the confidence bounds that follow from them.</summary>
internal static class Binomial
{
    /// <summary>Probability of at most <paramref name="k"/> of <paramref name="n"/> when each happens with probability <paramref name="p"/>.</summary>
    public static double AtMost(int k, int n, double p)
    {
        if (k < 0) return 0;
        if (k >= n) return 1;
        if (p <= 0) return 1;
        return p >= 1 ? 0 : Beta(1 - p, n - k, k + 1);
    }

    /// <summary>
    /// The largest share that <paramref name="k"/> of <paramref name="n"/> are compatible with: the true share is above it with probability at most <paramref name="doubt"/>,
    /// whatever it is (Clopper, Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial").
    /// </summary>
    public static double UpperBound(int k, int n, double doubt) => k >= n ? 1 : Where(p => AtMost(k, n, p) > doubt);

    /// <summary>The smallest share in the same sense.</summary>
    public static double LowerBound(int k, int n, double doubt) => k <= 0 ? 0 : Where(p => 1 - AtMost(k - 1, n, p) < doubt);

    /// <summary>Halves [0, 1] at the place where a condition that begins true turns false.</summary>
    private static double Where(Func<double, bool> isBelow)
    {
        double low = 0, high = 1;
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (isBelow(middle)) low = middle;
            else high = middle;
        }
        return high;
    }

    /// <summary>The regularised incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated with Lentz's method.</summary>
    private static double Beta(double x, double a, double b)
    {
        // The fraction converges fast only on this side.
        if (x > (a + 1) / (a + b + 2)) return 1 - Beta(1 - x, b, a);
        var front = Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) - LogBeta(a, b)) / a;
        double c = 1, d = 1 / NotZero(1 - (a + b) * x / (a + 1)), result = d;
        for (var m = 1; m <= 1_000; m++)
        {
            foreach (var term in (ReadOnlySpan<double>)[m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))])
            {
                d = 1 / NotZero(1 + term * d);
                c = NotZero(1 + term / c);
                result *= c * d;
            }
            if (Math.Abs(c * d - 1) < 1e-14) break;
        }
        return Math.Clamp(front * result, 0, 1);
    }

    private static double NotZero(double value) => Math.Abs(value) < 1e-300 ? 1e-300 : value;

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>Stirling's series, after raising the argument to where five terms are exact enough.</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 12; x++) shift -= Math.Log(x);
        var z = 1 / (x * x);
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z / 1188)))) / x;
    }
}
