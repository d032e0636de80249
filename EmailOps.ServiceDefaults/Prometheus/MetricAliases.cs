namespace EmailOps.ServiceDefaults.Prometheus;

internal enum AliasShape
{
    /// <summary>As it is measured: counter, gauge or histogram.</summary>
    Same,

    /// <summary>A histogram's count alone, as a counter.</summary>
    Count,

    /// <summary>A histogram's quantiles over the last minutes, as a summary.</summary>
    Quantiles,
}

/// <summary>Another name for something that is measured already.</summary>
/// <param name="Name">As runbooks ask for it.</param>
/// <param name="Of">The name it has at /metrics by itself.</param>
/// <param name="Labels">Those that are kept, with the names they get; all others are added up. Null: all, as they are.</param>
/// <param name="Only">A label and the value it must have.</param>
internal sealed record MetricAlias(string Name, string Of, AliasShape Shape = AliasShape.Same, IReadOnlyList<(string From, string To)>? Labels = null, (string Label, string Value)? Only = null);

/// <summary>
/// The names that the systems replaced by this one used for the same facts, so that their runbooks' queries and dashboards run unchanged. Nothing is measured for
/// them: each is a line here. METRIC_ALIASES=false leaves them out. docs/telemetry.md has the same table, and a test compares the two.
/// </summary>
internal static class MetricAliases
{
    private static readonly (string, string)[] s_request = [("http_request_method", "method"), ("http_response_status_code", "status"), ("http_route", "path")];
    private static readonly (string, string) s_whole = ("component", "total");

    public static IReadOnlyList<MetricAlias> All { get; } =
    [
        new("email_processing_seconds", "emailops_processing_duration_seconds", Labels: [], Only: s_whole),
        new("email_processing_duration_seconds", "emailops_processing_duration_seconds"),
        new("emails_processed_total", "emailops_messages_processed_total"),
        new("email_success_rate", "emailops_success_rate"),
        new("crewai_emails_processed_total", "emailops_messages_processed_total"),
        new("crewai_email_processing_duration_seconds", "emailops_processing_duration_seconds", AliasShape.Quantiles, [], s_whole),
        new("crewai_email_queue_length", "email_queue_size"),
        new("crewai_requests_total", "http_server_request_duration_seconds", AliasShape.Count, s_request),
        new("http_requests_total", "http_server_request_duration_seconds", AliasShape.Count, s_request),
        new("postgresql_stat_database_numbackends", "emailops_database_backends"),
        new("database_connections", "db_client_connection_current", Labels: [("db_client_connection_state", "state")]),
        new("database_connections_max", "emailops_database_connections_max"),
        new("provider_response_time_seconds", "emailops_provider_response_duration_seconds"),
        new("provider_rate_limit_hits_total", "emailops_provider_rate_limited_total"),
        new("provider_rate_limit_pause_seconds", "emailops_provider_pause_seconds"),
    ];
}
