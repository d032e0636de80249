using System.Globalization;
using System.Text;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>What was measured under one set of labels.</summary>
/// <param name="Sum">The value of what is no histogram.</param>
/// <param name="Buckets">Of a histogram: how many fell into each bucket alone, the last without an upper bound.</param>
internal sealed record SeriesFigures(double Sum, long Count, long[]? Buckets)
{
    public static SeriesFigures operator +(SeriesFigures one, SeriesFigures other)
        => new(one.Sum + other.Sum, one.Count + other.Count, one.Buckets is null || other.Buckets is null ? null : [.. one.Buckets.Zip(other.Buckets, (a, b) => a + b)]);
}

/// <summary>The lines of one series in Prometheus' text format.</summary>
internal static class SeriesText
{
    public static void Write(StringBuilder text, string name, string labels, IReadOnlyList<double> bounds, SeriesFigures figures)
    {
        if (figures.Buckets is not { } counts)
        {
            Line(text, name, "", labels, null, figures.Sum);
            return;
        }

        var below = 0L;
        for (var at = 0; at < bounds.Count; at++)
        {
            below += counts[at];
            Line(text, name, "_bucket", labels, $"le=\"{Number(bounds[at])}\"", below);
        }

        Line(text, name, "_bucket", labels, "le=\"+Inf\"", figures.Count);
        Line(text, name, "_sum", labels, null, figures.Sum);
        Line(text, name, "_count", labels, null, figures.Count);
    }

    /// <param name="more">A label that is written after the others.</param>
    public static void Line(StringBuilder text, string name, string ending, string labels, string? more, double value)
    {
        text.Append(name).Append(ending);
        if (labels.Length > 0 || more is not null)
        {
            text.Append('{').Append(labels);
            if (more is not null)
                text.Append(labels.Length > 0 ? "," : "").Append(more);
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
