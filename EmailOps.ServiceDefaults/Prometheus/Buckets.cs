using System.Diagnostics.Metrics;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>Upper bounds of a histogram's buckets: those that the instrument advises, else by its unit.</summary>
internal static class Buckets
{
    // Around the limits that alerts are set on: 1, 2, 5 and 10 seconds.
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 30, 60, 300];

    private static readonly double[] Milliseconds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

    private static readonly double[] Bytes = [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864, 268_435_456];

    private static readonly double[] Other = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 10_000];

    public static double[] Of(Instrument instrument)
    {
        double[]? advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries is { } bounds ? [.. bounds] : null,
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries is { } bounds ? [.. bounds.Select(bound => (double)bound)] : null,
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries is { } bounds ? [.. bounds.Select(bound => (double)bound)] : null,
            _ => null,
        };
        return advised is { Length: > 0 } ? advised : instrument.Unit switch
        {
            "s" => Seconds,
            "ms" => Milliseconds,
            "By" => Bytes,
            _ => Other,
        };
    }
}
