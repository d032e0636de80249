using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>What everybody may know: whether the service works. No number of messages, no address, no name of a server.</summary>
/// <param name="Status"><c>operational</c>, <c>degraded</c> or <c>outage</c>: the worst of the components.</param>
public sealed record PublicStatus(string Status, [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt, IReadOnlyList<PublicComponent> Components)
{
    public const string Operational = "operational";
    public const string Degraded = "degraded";
    public const string Outage = "outage";

    /// <summary>The setting that opens it to everybody: <c>public</c>; else who may read the rest may read it.</summary>
    public const string AccessKey = "StatusPage:Access";

    public static string WorstOf(IEnumerable<string> statuses)
    {
        var found = statuses.ToHashSet(StringComparer.Ordinal);
        return found.Contains(Outage) ? Outage : found.Contains(Degraded) ? Degraded : Operational;
    }
}

/// <param name="Uptime">Per cent of the minutes that were watched in the last 30 days; null where nobody watches.</param>
/// <param name="Days">Oldest first, at most 30; empty where nobody watches.</param>
public sealed record PublicComponent(string Name, string Status, [property: JsonPropertyName("uptime_percentage")] double? Uptime, IReadOnlyList<PublicDay> Days);

public sealed record PublicDay(DateOnly Day, [property: JsonPropertyName("uptime_percentage")] double Uptime);
