namespace EmailOps.Core.Learning;

/// <summary>Whether two samples come from one distribution, as people who run models ask it.</summary>
internal static class Stability
{
    /// <summary>Where a shift is commonly called significant.</summary>
    public const double Notable = 0.25;

    /// <summary>
    /// Population stability index: the sum over groups of (p - q) ln(p / q). 0: the same. Half a case is added to every group, so that an empty one says little and not everything.
    /// </summary>
    public static double Index(ReadOnlySpan<int> reference, ReadOnlySpan<int> current)
    {
        double all = 0, now = 0;
        for (var i = 0; i < reference.Length; i++) (all, now) = (all + reference[i] + 0.5, now + current[i] + 0.5);
        var index = 0.0;
        for (var i = 0; i < reference.Length; i++)
        {
            var (q, p) = ((reference[i] + 0.5) / all, (current[i] + 0.5) / now);
            index += (p - q) * Math.Log(p / q);
        }
        return index;
    }

    /// <summary>
    /// The index that chance alone exceeds once in a hundred times when nothing has changed: it follows (1/n + 1/m) times a chi-squared distribution with one degree of freedom less than groups
    /// (Yurdakul, Naranjo 2020, "Statistical properties of the population stability index").
    /// </summary>
    public static double Chance(int groups, int reference, int current) => groups < 2 || reference == 0 || current == 0 ? double.PositiveInfinity : ChiSquared99(groups - 1) * (1.0 / reference + 1.0 / current);

    /// <summary>The 99 % quantile by Wilson and Hilferty's cube root (1931), right to a few per mille from 3 degrees of freedom on.</summary>
    private static double ChiSquared99(int degrees)
    {
        const double Z = 2.3263478740408408;
        var part = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - part + Z * Math.Sqrt(part), 3);
    }
}
