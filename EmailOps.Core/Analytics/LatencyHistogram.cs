using System.Globalization;

namespace EmailOps.Core.Analytics;

/// <summary>
/// Times from stored to decided, counted in steps that grow by three tenths each: from a hundredth of a second to a day and a half, so that a quantile is never off by more than
/// the width of its step. Histograms of hours and mailboxes are added up; quantiles cannot be.
/// </summary>
internal static class LatencyHistogram
{
    public const int Buckets = 64;
    private const double First = 0.01, Growth = 1.3;

    /// <summary>Of a number of seconds in SQL: the same steps.</summary>
    public static string BucketOf(string seconds) => string.Create(CultureInfo.InvariantCulture, $"least({Buckets - 1}, greatest(0, ceil(ln(greatest({seconds}, {First}) / {First}) / ln({Growth}::float8))))::int");

    /// <summary>Seconds up to which a bucket reaches.</summary>
    public static double Upper(int bucket) => First * Math.Pow(Growth, bucket);

    public static int BucketOf(double seconds) => (int)Math.Clamp(Math.Ceiling(Math.Log(Math.Max(seconds, First) / First) / Math.Log(Growth)), 0, Buckets - 1);

    /// <returns>Seconds below which the share of the times lies, read off along the step; null without any.</returns>
    public static double? Quantile(IReadOnlyList<long> counts, double share)
    {
        var all = counts.Sum();
        if (all == 0) return null;
        var wanted = share * all;
        long below = 0;
        for (var i = 0; i < counts.Count; i++)
        {
            if (counts[i] == 0 || below + counts[i] < wanted)
            {
                below += counts[i];
                continue;
            }
            var lower = i == 0 ? 0 : Upper(i - 1);
            return lower + (Upper(i) - lower) * (wanted - below) / counts[i];
        }
        return Upper(counts.Count - 1);
    }
}
