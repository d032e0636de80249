using System.Diagnostics.Metrics;

namespace EmailOps.Core.Telemetry;

/// <summary>Figures of escalations and of telling people.</summary>
internal static class EscalationTelemetry
{
    private static readonly Meter Meter = new(EmailOpsTelemetry.Name);
    private static readonly Counter<long> Openings = Meter.CreateCounter<long>("emailops.escalations.opened", "{escalation}", "Escalations that policy opened");
    private static readonly Histogram<double> Claims = Meter.CreateHistogram<double>("emailops.escalations.time_to_claim", "s", "Seconds from opening to somebody taking it on");
    private static readonly Counter<long> Tellings = Meter.CreateCounter<long>("emailops.notifications.attempts", "{attempt}", "Attempts to tell a channel, by kind of channel and result");

    public static void Opened(int count)
    {
        if (count > 0) Openings.Add(count);
    }

    public static void Claimed(TimeSpan waited) => Claims.Record(waited.TotalSeconds);

    public static void Told(string channel, string result) => Tellings.Add(1, new("channel", channel), new("result", result));
}
