using System.Diagnostics;
using OpenTelemetry;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>Probes and scrapes come every few seconds and tell nothing as traces: they are not sent.</summary>
internal sealed class ProbeFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/health" or "/alive" or "/metrics")
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
