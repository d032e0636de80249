using System.Text;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>Writes the second names of <see cref="MetricAliases"/> from the families that are there.</summary>
internal sealed class AliasWriter(TimeProvider clock)
{
    private static readonly double[] s_quantiles = [0.5, 0.9, 0.95, 0.99];
    private readonly Dictionary<string, BucketWindow> _windows = [];

    public void Write(StringBuilder text, IReadOnlyDictionary<string, MetricFamily> families)
    {
        foreach (var alias in MetricAliases.All)
            if (families.TryGetValue(alias.Of, out var family)) Write(text, alias, family);
    }

    private void Write(StringBuilder text, MetricAlias alias, MetricFamily family)
    {
        var series = new SortedDictionary<string, SeriesFigures>(StringComparer.Ordinal);
        foreach (var (labels, figures) in family.Read())
        {
            if (Labels(alias, labels) is not { } kept) continue;
            series[kept] = series.TryGetValue(kept, out var sum) ? sum + figures : figures;
        }
        if (series.Count == 0) return;
        text.Append("# HELP ").Append(alias.Name).Append(" Another name of ").Append(alias.Of).Append('\n')
            .Append("# TYPE ").Append(alias.Name).Append(' ').Append(Type(alias, family.Kind)).Append('\n');
        foreach (var (labels, figures) in series)
        {
            switch (alias.Shape)
            {
                case AliasShape.Count: SeriesText.Line(text, alias.Name, "", labels, null, figures.Count); break;
                case AliasShape.Quantiles: Quantiles(text, alias.Name, labels, family.Bounds, figures); break;
                default: SeriesText.Write(text, alias.Name, labels, family.Bounds, figures); break;
            }
        }
    }

    private void Quantiles(StringBuilder text, string name, string labels, IReadOnlyList<double> bounds, SeriesFigures figures)
    {
        if (!_windows.TryGetValue($"{name}{{{labels}", out var window)) _windows.Add($"{name}{{{labels}", window = new BucketWindow(clock));
        var recent = window.Since(figures.Buckets!);
        foreach (var quantile in s_quantiles) SeriesText.Line(text, name, "", labels, $"quantile=\"{SeriesText.Number(quantile)}\"", BucketQuantile.Of(quantile, bounds, recent));
        SeriesText.Line(text, name, "_sum", labels, null, figures.Sum);
        SeriesText.Line(text, name, "_count", labels, null, figures.Count);
    }

    private static string Type(MetricAlias alias, MetricKind kind) => alias.Shape switch
    {
        AliasShape.Count => "counter",
        AliasShape.Quantiles => "summary",
        _ => kind switch { MetricKind.Counter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" },
    };

    /// <returns>The labels as they are written; null: not this series.</returns>
    private static string? Labels(MetricAlias alias, string labels)
    {
        if (alias.Labels is null && alias.Only is null) return labels;
        var pairs = Split(labels);
        if (alias.Only is { } only && !pairs.Contains((only.Label, only.Value))) return null;
        return alias.Labels is null ? labels
            : string.Join(',', alias.Labels.Select(l => (l.To, Value: pairs.Find(p => p.Name == l.From).Value)).Where(l => l.Value is not null).Select(l => $"{l.To}=\"{l.Value}\""));
    }

    /// <summary>status="200",path="/a,b" with its values as they stand, escapes and all.</summary>
    private static List<(string Name, string Value)> Split(string labels)
    {
        var pairs = new List<(string, string)>();
        for (var at = 0; at < labels.Length;)
        {
            var equals = labels.IndexOf('=', at);
            var end = equals + 2;
            while (labels[end] != '"') end += labels[end] == '\\' ? 2 : 1;
            pairs.Add((labels[at..equals], labels[(equals + 2)..end]));
            at = end + 2; // the quote and the comma
        }
        return pairs;
    }
}
