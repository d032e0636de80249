using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using EmailOps.ServiceDefaults.Prometheus;
using EmailOps.Tests.ServiceDefaults;

namespace EmailOps.Tests.Monitoring;

/// <summary>The names of replaced systems, made of what is measured anyway.</summary>
public sealed partial class MetricAliasTests : IDisposable
{
    private readonly Meter _meter = new($"EmailOps.Test.{Guid.NewGuid():N}");
    private readonly MovingTime _time = new();
    private readonly PrometheusMetrics _metrics;

    public MetricAliasTests() => _metrics = new PrometheusMetrics(name => name == _meter.Name, _time);

    [Fact]
    public void The_contract_has_the_same_names_and_each_stands_for_something_measured()
    {
        var contract = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "telemetry.md"));
        var part = contract[contract.IndexOf("## Other names", StringComparison.Ordinal)..contract.IndexOf("## Logs", StringComparison.Ordinal)];
        var told = Row().Matches(part).Select(m => (Name: m.Groups[1].Value, Of: Quoted().Match(m.Groups[2].Value).Groups[1].Value)).ToList();

        Assert.Equal(MetricAliases.All.Select(a => (a.Name, a.Of)), told);
        Assert.Equal(told.Count, told.Select(t => t.Name).Distinct().Count());
        Assert.All(told.Where(t => t.Of.StartsWith("emailops_", StringComparison.Ordinal)), t => Assert.Contains($"| `{t.Of}` |", contract, StringComparison.Ordinal));
    }

    [Fact]
    public void Requests_are_counted_by_method_status_and_path_whatever_else_is_known_of_them()
    {
        var took = _meter.CreateHistogram<double>("http.server.request.duration", "s");
        foreach (var version in (string[])["1.1", "2"])
            took.Record(0.1, new("http.request.method", "GET"), new("http.response.status_code", 503), new("http.route", "/a\"b,c=\"d"), new("network.protocol.version", version));

        var text = _metrics.Write(aliases: true);

        Assert.Contains("""
            # TYPE http_requests_total counter
            http_requests_total{method="GET",status="503",path="/a\"b,c=\"d"} 2

            """, text, StringComparison.Ordinal);
        Assert.Contains("\ncrewai_requests_total{method=\"GET\",status=\"503\",path=\"/a\\\"b,c=\\\"d\"} 2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("crewai", _metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Processing_time_is_a_histogram_by_component_one_of_all_and_quantiles_of_the_last_minutes()
    {
        var took = _meter.CreateHistogram("emailops.processing.duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10] });
        took.Record(0.001, new KeyValuePair<string, object?>("component", "triage"));
        for (var i = 0; i < 100; i++) took.Record(1.5, new KeyValuePair<string, object?>("component", "total"));

        var first = _metrics.Write(aliases: true);
        Assert.Contains("email_processing_duration_seconds_bucket{component=\"triage\",le=\"1\"} 1\n", first, StringComparison.Ordinal);
        Assert.Contains("\nemail_processing_seconds_bucket{le=\"2\"} 100\n", first, StringComparison.Ordinal);
        Assert.Equal(1.95, Quantile(first), 6);

        // A quarter of an hour later, ten slow ones: what was is forgotten.
        _time.Pass(TimeSpan.FromMinutes(5));
        _metrics.Write(aliases: true);
        _time.Pass(TimeSpan.FromMinutes(10.1));
        _metrics.Write(aliases: true);
        for (var i = 0; i < 10; i++) took.Record(7, new KeyValuePair<string, object?>("component", "total"));
        Assert.Equal(9.75, Quantile(_metrics.Write(aliases: true)), 6);

        _time.Pass(TimeSpan.FromMinutes(1));
        _metrics.Write(aliases: true);
        _time.Pass(TimeSpan.FromMinutes(10.1));
        _metrics.Write(aliases: true);
        _time.Pass(TimeSpan.FromMinutes(10.1));
        Assert.Equal(double.NaN, Quantile(_metrics.Write(aliases: true)));
    }

    [Theory]
    [InlineData(0.5, new long[] { 10, 10, 0, 0 }, 1.0)]
    [InlineData(0.95, new long[] { 0, 0, 0, 4 }, 5.0)]
    [InlineData(0.25, new long[] { 4, 0, 0, 0 }, 0.25)]
    [InlineData(0.99, new long[] { 0, 0, 0, 0 }, double.NaN)]
    public void A_quantile_is_read_as_Prometheus_reads_it(double quantile, long[] counts, double expected)
        => Assert.Equal(expected, BucketQuantile.Of(quantile, [1, 2, 5], counts), 9);

    [Fact]
    public void Prometheus_own_checker_takes_the_second_names_as_well()
    {
        if (MonitoringTools.Get() is not { } tools) return;
        _meter.CreateHistogram<double>("http.server.request.duration", "s", "Time.").Record(1, new("http.request.method", "GET"), new("http.response.status_code", 200), new("http.route", "/"));
        _meter.CreateHistogram<double>("emailops.processing.duration", "s", "Time.").Record(1, new KeyValuePair<string, object?>("component", "total"));
        _meter.CreateCounter<long>("emailops.messages.processed", null, "Mails.").Add(1, new KeyValuePair<string, object?>("status", "o\"k"));
        _meter.CreateObservableGauge("email.queue.size", () => 3, description: "Waiting.");

        var (code, said) = tools.Run("promtool", _metrics.Write(aliases: true), "check", "metrics");

        Assert.True(code == 0, said);
    }

    private static double Quantile(string text)
        => double.Parse(Quantile95().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _metrics.Dispose();
        _meter.Dispose();
    }

    [GeneratedRegex("""crewai_email_processing_duration_seconds\{quantile="0.95"\} (\S+)""")]
    private static partial Regex Quantile95();

    // | `email_processing_seconds` | `emailops_...` of component `total` | |
    [GeneratedRegex(@"^\| `([a-z_]+)` \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`\\n]+)`")]
    private static partial Regex Quoted();
}
