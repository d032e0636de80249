namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>The sources and meters we record: ours, and what the framework and the database driver emit by themselves.</summary>
public static class TelemetryNames
{
    internal const string Ours = "EmailOps";

    internal const string Requests = "Microsoft.AspNetCore";

    private static readonly string[] Sources = [Requests, "System.Net.Http", "Npgsql"];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Authorization", "System.Net.Http", "System.Runtime", "Npgsql",
    ];

    /// <summary>As OpenTelemetry takes them, with the wildcard for ours.</summary>
    public static string[] AllSources => [Ours, $"{Ours}.*", .. Sources];

    /// <inheritdoc cref="AllSources"/>
    public static string[] AllMeters => [Ours, $"{Ours}.*", .. Meters];

    public static bool IsRecordedMeter(string name) => name == Ours || name.StartsWith($"{Ours}.", StringComparison.Ordinal) || Meters.Contains(name);
}
