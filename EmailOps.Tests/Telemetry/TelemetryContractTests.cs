using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmailOps.Core.Work;
using EmailOps.ServiceDefaults.Prometheus;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Triage.Consulting;

namespace EmailOps.Tests.Telemetry;

/// <summary>docs/telemetry.md says what the code does: every instrument, attribute and step, both ways.</summary>
public sealed partial class TelemetryContractTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string s_contract = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "telemetry.md"));
    private static readonly string s_metrics = s_contract[s_contract.IndexOf("## Metrics", StringComparison.Ordinal)..s_contract.IndexOf("## Logs", StringComparison.Ordinal)];
    private static readonly string s_traces = s_contract[s_contract.IndexOf("## Traces", StringComparison.Ordinal)..s_contract.IndexOf("## Metrics", StringComparison.Ordinal)];
    private static readonly string s_code = string.Concat(new[] { "Api", "Core", "ServiceDefaults", "Web", "Worker" }
        .SelectMany(p => Directory.EnumerateFiles(Path.Combine(Checkout.Root, $"EmailOps.{p}"), "*.cs", SearchOption.AllDirectories)).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText));

    private sealed record Row(string Name, string Prometheus, string Kind, string Unit, IReadOnlyList<string> Labels);

    private static IReadOnlyList<Row> Rows => [.. MetricRow().Matches(s_metrics).Select(m => new Row(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value, [.. Quoted().Matches(m.Groups[5].Value).Select(l => l.Groups[1].Value)]))];

    [Fact]
    public void Every_instrument_stands_in_the_contract_with_its_kind_and_unit_and_nothing_else_does()
    {
        var made = Made().Matches(s_code).Select(m => $"{m.Groups["name"].Value} {Kind(m.Groups["kind"].Value)} {m.Groups["unit"].Value}".TrimEnd()).Order(StringComparer.Ordinal);
        Assert.Equal(made, Rows.Select(r => $"{r.Name} {r.Kind} {r.Unit}".TrimEnd()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_names_at_metrics_are_those_of_the_contract()
    {
        using var meter = new Meter("EmailOps.Tests.Contract");
        Assert.All(Rows, row =>
        {
            Instrument instrument = row.Kind switch
            {
                "counter" => meter.CreateCounter<long>(row.Name, row.Unit),
                "histogram" => meter.CreateHistogram<double>(row.Name, row.Unit),
                _ => meter.CreateGauge<double>(row.Name, row.Unit),
            };
            Assert.Equal(row.Prometheus, MetricName.Of(instrument, Enum.Parse<MetricKind>(row.Kind, ignoreCase: true)));
        });
    }

    [Fact]
    public async Task Labels_of_what_is_measured_are_those_of_the_contract()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, byte>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name is "EmailOps" or "EmailOps.LanguageModels") l.EnableMeasurementEvents(instrument);
        };
        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            seen.TryAdd(instrument.Name, 0);
            foreach (var tag in tags) seen.TryAdd($"{instrument.Name} {tag.Key}", 0);
        }
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();

        await using var consult = await ConsultUnderTest.CreateAsync(postgres);
        await consult.StoreAsync();
        await consult.RunAsync();

        var told = Rows.SelectMany(r => r.Labels.Select(l => $"{r.Name} {l}").Prepend(r.Name)).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(seen.Keys.Except(told).Order(StringComparer.Ordinal));
        Assert.Contains("emailops.model.calls outcome", seen.Keys);
        Assert.Contains("gen_ai.client.operation.duration gen_ai.request.model", seen.Keys);
    }

    [Fact]
    public void Every_step_and_attribute_of_a_trace_stands_in_the_contract_and_nothing_else_does()
    {
        var steps = Enum.GetNames<Stage>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName);
        Assert.All(steps, step => Assert.Contains($"`{step}`", s_traces, StringComparison.Ordinal));
        var told = Quoted().Matches(s_traces).Select(m => m.Groups[1].Value).Where(name => Attribute().IsMatch(name));
        Assert.Equal(Set().Matches(s_code).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal), told.Distinct().Order(StringComparer.Ordinal));
    }

    private static string Kind(string made) => made.Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant();

    // | `emailops.intake.gap` | `emailops_intake_gap` | gauge | {message} | `mailbox`, `folder` | ... |
    [GeneratedRegex(@"^\| `([a-z_.]+)` \| `([a-z_]+)` \| (counter|gauge|histogram) \| ?(\S*) \| ?(.*?) ?\| [^|]+\|$", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex("`([^`\\n]+)`")]
    private static partial Regex Quoted();

    // Meter.CreateCounter<long>("emailops.x", "{item}", ... and EmailOpsTelemetry.Gauge("emailops.y", "s", ...
    [GeneratedRegex("""(?:Create|EmailOpsTelemetry\.)(?<kind>Counter|Histogram|Gauge|ObservableGauge|ObservableCounter|UpDownCounter)(?:<\w+>)?\("(?<name>[a-z_.]+)"(?:, "(?<unit>[^"]*)")?""")]
    private static partial Regex Made();

    [GeneratedRegex(@"^(emailops|gen_ai|http|server|error)\.[a-z_.]+$")]
    private static partial Regex Attribute();

    [GeneratedRegex("""SetTag\("([a-z_.]+)""")]
    private static partial Regex Set();
}
