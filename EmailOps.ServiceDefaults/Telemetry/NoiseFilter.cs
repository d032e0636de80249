using System.Diagnostics;
using OpenTelemetry;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>
/// What comes every few seconds and tells nothing is not sent: probes and scrapes, and queries and calls that belong to no request and no piece of work
/// (looks into an empty queue, gauges, whether a model is there).
/// </summary>
internal sealed class NoiseFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (IsProbe(data) || (data.ParentSpanId == default && !BeginsTraces(data.Source.Name))) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static bool IsProbe(Activity data) => data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/health" or "/alive" or "/metrics";

    private static bool BeginsTraces(string source) => source == TelemetryNames.Requests || source == TelemetryNames.Ours || source.StartsWith($"{TelemetryNames.Ours}.", StringComparison.Ordinal);
}
