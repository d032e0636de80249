using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EmailOps.Core.Telemetry;

/// <summary>
/// How mail providers answer, whatever is spoken with them (imap, smtp, gmail, graph): time of each call, refusals because of too many of them, and the pause that follows.
/// At /metrics also as provider_response_time_seconds, provider_rate_limit_hits_total and provider_rate_limit_pause_seconds.
/// </summary>
internal static class ProviderTelemetry
{
    private static readonly Meter s_meter = new($"{EmailOpsTelemetry.Name}.Providers");
    private static readonly Histogram<double> s_answers = s_meter.CreateHistogram<double>("emailops.provider.response.duration", "s", "Seconds a mail provider took to answer one call");
    private static readonly Counter<long> s_limited = s_meter.CreateCounter<long>("emailops.provider.rate_limited", "{answer}", "Calls that a mail provider refused because there were too many");
    private static readonly ConcurrentDictionary<string, (long From, TimeSpan Length)> s_pauses = new();
    private static readonly ObservableGauge<double> s_pause = CreateGauge("emailops.provider.pause", "s", "Seconds until a provider that asked for a pause is asked again", Pauses);

    /// <param name="provider">imap, smtp, gmail, graph: a closed list, never an address.</param>
    /// <param name="operation">What was asked, from a closed list of the caller.</param>
    /// <param name="outcome">ok, refused, limited, lost.</param>
    public static void Answered(string provider, string operation, TimeSpan took, string outcome = "ok")
        => s_answers.Record(took.TotalSeconds, new("provider", provider), new("operation", operation), new("outcome", outcome));

    /// <param name="pause">How long nothing will be asked of it.</param>
    public static void Limited(string provider, TimeSpan pause)
    {
        _ = s_pause.Enabled; // made before the first pause
        s_limited.Add(1, new KeyValuePair<string, object?>("provider", provider));
        s_pauses[provider] = (TimeProvider.System.GetTimestamp(), pause);
    }

    private static ObservableGauge<double> CreateGauge(string name, string unit, string description, Func<IEnumerable<Measurement<double>>> read) => s_meter.CreateObservableGauge(name, read, unit, description);

    private static IEnumerable<Measurement<double>> Pauses() => s_pauses.Select(p
        => new Measurement<double>(Math.Max(0, (p.Value.Length - TimeProvider.System.GetElapsedTime(p.Value.From)).TotalSeconds), new KeyValuePair<string, object?>("provider", p.Key)));
}
