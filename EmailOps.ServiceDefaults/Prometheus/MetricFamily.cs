using System.Collections.Concurrent;
using System.Text;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily(string name, MetricKind kind, bool observable, string? help, double[] bounds)
{
    /// <summary>Guards memory and the scraper against a label with unbounded values; what exceeds it is counted in one series of its own.</summary>
    public const int MostSeries = 1000;

    private const string OverflowLabels = "overflow=\"true\"";

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>An observation tells the whole value, so the one before counts no more.</summary>
    public void BeginObservation()
    {
        if (observable)
            _series.Clear();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new LabelText(stackalloc char[256]);
        foreach (var (label, tagged) in tags)
            MetricName.AppendLabel(ref labels, label, tagged);

        var lookup = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(labels.Text, out var series))
            series = _series.GetOrAdd(_series.Count < MostSeries ? labels.Text.ToString() : OverflowLabels, _ => new Series(kind == MetricKind.Histogram ? bounds : null));
        series.Add(value, replaces: !observable && !Adds);
    }

    /// <summary>An up-down counter is written as a gauge and adds up; a gauge replaces.</summary>
    public bool Adds { get; init; }

    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
            return;
        if (!string.IsNullOrEmpty(help))
            text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        }).Append('\n');
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            SeriesText.Write(text, name, labels, bounds, series.Read());
    }

    /// <summary>Copies of all series, for names they have beside their own.</summary>
    public IEnumerable<(string Labels, SeriesFigures Figures)> Read() => _series.Select(s => (s.Key, s.Value.Read()));

    public MetricKind Kind => kind;

    /// <summary>Upper bounds of the buckets; empty for what has none.</summary>
    public IReadOnlyList<double> Bounds => kind == MetricKind.Histogram ? bounds : [];

    /// <summary>One set of labels.</summary>
    private sealed class Series(double[]? bounds)
    {
        private readonly Lock _lock = new();
        private readonly long[]? _counts = bounds is null ? null : new long[bounds.Length + 1];
        private double _sum;
        private long _count;

        public void Add(double value, bool replaces)
        {
            lock (_lock)
            {
                _sum = replaces ? value : _sum + value;
                _count++;
                if (_counts is not null)
                {
                    // The first bound that is not below the value: le means less or equal.
                    var at = Array.BinarySearch(bounds!, value);
                    _counts[at >= 0 ? at : ~at]++;
                }
            }
        }

        public SeriesFigures Read()
        {
            lock (_lock)
                return new SeriesFigures(_sum, _count, _counts is null ? null : [.. _counts]);
        }
    }
}
