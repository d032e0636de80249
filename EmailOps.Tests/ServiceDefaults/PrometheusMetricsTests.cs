using System.Diagnostics.Metrics;
using EmailOps.ServiceDefaults.Prometheus;
using EmailOps.Tests.Monitoring;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class PrometheusMetricsTests : IDisposable
{
    private readonly Meter _meter = new($"EmailOps.Test.{Guid.NewGuid():N}");
    private readonly PrometheusMetrics _metrics;

    public PrometheusMetricsTests() => _metrics = new PrometheusMetrics(name => name == _meter.Name);

    [Fact]
    public void A_counter_adds_up_by_its_labels_and_ends_in_total()
    {
        var counter = _meter.CreateCounter<long>("emails.processed", description: "Mails\nprocessed.");
        counter.Add(2, new KeyValuePair<string, object?>("status", "success"));
        counter.Add(3, new KeyValuePair<string, object?>("status", "success"));
        counter.Add(1, new KeyValuePair<string, object?>("status", "failure"));

        Assert.Equal("""
            # HELP emails_processed_total Mails\nprocessed.
            # TYPE emails_processed_total counter
            emails_processed_total{status="failure"} 1
            emails_processed_total{status="success"} 5

            """, _metrics.Write());
    }

    [Fact]
    public void A_histogram_has_buckets_that_include_the_smaller_ones()
    {
        var histogram = _meter.CreateHistogram("email.processing", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var seconds in (double[])[0.1, 0.5, 7])
            histogram.Record(seconds);

        Assert.Equal("""
            # TYPE email_processing_seconds histogram
            email_processing_seconds_bucket{le="0.1"} 1
            email_processing_seconds_bucket{le="1"} 2
            email_processing_seconds_bucket{le="+Inf"} 3
            email_processing_seconds_sum 7.6
            email_processing_seconds_count 3

            """, _metrics.Write());
    }

    [Fact]
    public void Gauges_replace_up_down_counters_add_and_observations_are_made_anew()
    {
        _meter.CreateGauge<int>("level").Record(5);
        var same = _meter.CreateGauge<int>("level");
        same.Record(3);
        var busy = _meter.CreateUpDownCounter<int>("busy");
        busy.Add(4);
        busy.Add(-1);
        var observed = 10;
        _meter.CreateObservableGauge("queue", () => new Measurement<int>(observed++, new KeyValuePair<string, object?>("kind", "triage")));

        _metrics.Write();
        var second = _metrics.Write();

        Assert.Contains("\nlevel 3\n", second, StringComparison.Ordinal);
        Assert.Contains("\nbusy 3\n", second, StringComparison.Ordinal);
        Assert.Contains("\nqueue{kind=\"triage\"} 11\n", second, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_label_stays_inside_its_quotes()
    {
        _meter.CreateCounter<int>("seen").Add(1, new KeyValuePair<string, object?>("from.1", "a\"} 1\nevil 2 \\"));

        Assert.Contains("seen_total{from_1=\"a\\\"} 1\\nevil 2 \\\\\"} 1\n", _metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_without_end_are_counted_together()
    {
        var counter = _meter.CreateCounter<int>("users");
        for (var user = 0; user < 2500; user++)
            counter.Add(1, new KeyValuePair<string, object?>("user", user));

        var lines = _metrics.Write().Split('\n');

        Assert.InRange(lines.Length, 1000, 1010);
        Assert.Contains("users_total{overflow=\"true\"} 1500", lines);
    }

    [Fact]
    public void Prometheus_own_checker_finds_nothing_wrong()
    {
        if (MonitoringTools.Get() is not { } tools) return;
        _meter.CreateCounter<int>("emails.processed", description: "Mails.").Add(1, new KeyValuePair<string, object?>("status", "o\"k"));
        _meter.CreateHistogram<double>("email.duration", "s", "Time.").Record(0.2);
        _meter.CreateObservableGauge("email.queue.size", () => 3, description: "Waiting.");

        Assert.Equal((0, ""), tools.Run("promtool", _metrics.Write(), "check", "metrics"));
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }
}
