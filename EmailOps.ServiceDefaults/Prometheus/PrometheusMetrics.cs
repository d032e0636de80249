using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using EmailOps.ServiceDefaults.Telemetry;

namespace EmailOps.ServiceDefaults.Prometheus;

/// <summary>
/// Listens to the process's meters and writes what they measured in Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats). A counter gets the ending _total, a unit of seconds the ending
/// _seconds; instruments of the same name (several hosts in one process) are one family and add up.
/// </summary>
public sealed class PrometheusMetrics : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _scrape = new();
    private readonly AliasWriter _aliases;

    /// <param name="records">Whether to listen to the meter of this name.</param>
    /// <param name="clock">Tells how far back quantiles look.</param>
    public PrometheusMetrics(Func<string, bool> records, TimeProvider? clock = null)
    {
        _aliases = new AliasWriter(clock ?? TimeProvider.System);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (records(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => ((MetricFamily)family!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>One listener for all hosts of this process: meters belong to the process.</summary>
    public static PrometheusMetrics OfProcess => OfProcessLazily.Value;

    private static Lazy<PrometheusMetrics> OfProcessLazily { get; } = new(() => new PrometheusMetrics(TelemetryNames.IsRecordedMeter));

    /// <summary>Observes the observable instruments and writes everything.</summary>
    /// <param name="aliases">Also under the names that systems replaced by this one used (<see cref="MetricAliases"/>).</param>
    public string Write(bool aliases = false)
    {
        // One scrape at a time: observing replaces the last observation.
        lock (_scrape)
        {
            foreach (var family in _families.Values)
                family.BeginObservation();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder(16 * 1024);
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
                family.Write(text);
            if (aliases)
                _aliases.Write(text, _families);
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var kind = KindOf(instrument);
        return _families.GetOrAdd(MetricName.Of(instrument, kind), name => new MetricFamily(name, kind, instrument.IsObservable, instrument.Description, Buckets.Of(instrument))
        {
            Adds = kind != MetricKind.Gauge || instrument.GetType().Name.StartsWith("UpDown", StringComparison.Ordinal),
        });
    }

    private static MetricKind KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => MetricKind.Counter,
        "Histogram" => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };
}
