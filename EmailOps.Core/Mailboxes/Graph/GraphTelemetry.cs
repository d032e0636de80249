using System.Diagnostics.Metrics;
using EmailOps.Core.Telemetry;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>Calls to Microsoft Graph: how many, how long, how often it said "later". Paths hold addresses, so only what was asked for is told.</summary>
internal static class GraphTelemetry
{
    private static readonly Meter Meter = new(EmailOpsTelemetry.Name);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("emailops.graph.request.duration", "s", "Seconds of one request to Microsoft Graph, by outcome");
    private static readonly Counter<long> Waits = Meter.CreateCounter<long>("emailops.graph.throttled", "{request}", "Requests that Microsoft Graph answered with later (429, 503 with Retry-After)");

    public static void Asked(GraphRequest request, string outcome, TimeSpan took) => Duration.Record(took.TotalSeconds, new("operation", Operation(request)), new("outcome", outcome));

    public static void Throttled(GraphRequest request) => Waits.Add(1, new KeyValuePair<string, object?>("operation", Operation(request)));

    /// <summary>One of a closed list.</summary>
    private static string Operation(GraphRequest request) => request switch
    {
        { Mime: not null } => "send",
        { Path: "$batch" } => "batch",
        _ when request.Path.Contains("/delta", StringComparison.Ordinal) => "delta",
        _ when request.Path.EndsWith("/$value", StringComparison.Ordinal) => "fetch",
        _ when request.Path.StartsWith("chats", StringComparison.Ordinal) => "chat",
        _ when request.Path.StartsWith("subscriptions", StringComparison.Ordinal) => "subscription",
        _ => "other",
    };
}
