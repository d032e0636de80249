namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>What requests to Graph are called in the metrics of providers. Paths hold addresses, so a closed list.</summary>
internal static class GraphTelemetry
{
    public const string Provider = "graph";

    public static string Operation(GraphRequest request) => request switch
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
