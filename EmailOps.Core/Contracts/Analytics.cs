using System.Text.Json.Serialization;

namespace EmailOps.Core.Contracts;

/// <summary>Paths about how the installation does; laws as in <see cref="Routes"/>.</summary>
public static class AnalyticsRoutes
{
    /// <summary>GET -> PerformanceReport. Query: period (hour, day, week, month, quarter, year; default day), mailbox (id).</summary>
    public const string Performance = "/analytics/performance";
    /// <summary>GET -> KpiSummary. Query: hours (1-8784, default 24).</summary>
    public const string Kpi = "/analytics/kpi";
    /// <summary>GET -> CapacityReport. Query: days (2-366, default 30).</summary>
    public const string Capacity = "/analytics/capacity";
    /// <summary>GET -> PatternReport, the latest; 404 before the first.</summary>
    public const string Patterns = "/analytics/patterns";
    /// <summary>POST -> MetricsUpdate: hours that are over are counted, and gauges follow.</summary>
    public const string UpdateMetrics = "/internal/metrics/update";
    /// <summary>POST -> PatternReport. Query: days (1-90, default 30).</summary>
    public const string AnalyzePatterns = "/internal/patterns/analyze";
    /// <summary>GET -> PublicStatus: whether the parts work, and how they did; no fact about mail. Also at <see cref="StatusPageTriage"/>.</summary>
    public const string StatusPage = "/status-page";
    /// <summary>The name of the status page that runbooks give to people.</summary>
    public const string StatusPageTriage = "/email-triage";
}

/// <summary>What a report is about. Names are those of the runbooks, hence snake_case on the wire, here and below.</summary>
public sealed record TimeRange(DateTimeOffset Start, DateTimeOffset End, double Hours);

/// <summary>How triage and policy did over a period.</summary>
/// <param name="Metrics">The figures.</param>
/// <param name="ConfidenceDistribution">Messages by tens of confidence, lowest first.</param>
/// <param name="CategoryDistribution">Most frequent first; at most 100.</param>
/// <param name="Series">The period in steps, oldest first: at most 400.</param>
public sealed record PerformanceReport(
    string Period,
    [property: JsonPropertyName("time_range")] TimeRange TimeRange,
    PerformanceMetrics Metrics,
    [property: JsonPropertyName("confidence_distribution")] IReadOnlyList<ConfidenceBand> ConfidenceDistribution,
    [property: JsonPropertyName("category_distribution")] IReadOnlyList<ShareOf> CategoryDistribution,
    [property: JsonPropertyName("decision_distribution")] IReadOnlyList<ShareOf> DecisionDistribution,
    IReadOnlyList<PerformancePoint> Series);

/// <summary>Shares are 0-1, times seconds. Null: nothing to measure it by.</summary>
public sealed record PerformanceMetrics
{
    [JsonPropertyName("total_processed")]
    public required long TotalProcessed { get; init; }
    [JsonPropertyName("emails_per_minute")]
    public required double EmailsPerMinute { get; init; }
    /// <summary>Of messages that people reviewed (corrected the category, or used a draft as it was or edited), the share whose category stood.</summary>
    [JsonPropertyName("classification_accuracy"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ClassificationAccuracy { get; init; }
    /// <summary>Why there is none, or what to bear in mind; null: nothing.</summary>
    [JsonPropertyName("classification_accuracy_note")]
    public string? ClassificationAccuracyNote { get; init; }
    /// <summary>Between these with 95 % certainty, counting each bound for itself.</summary>
    [JsonPropertyName("classification_accuracy_range")]
    public IReadOnlyList<double>? ClassificationAccuracyRange { get; init; }
    [JsonPropertyName("reviewed")]
    public required long Reviewed { get; init; }
    [JsonPropertyName("corrected")]
    public required long Corrected { get; init; }
    /// <summary>Decided, of those decided or given up (dead letters of the period).</summary>
    [JsonPropertyName("success_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? SuccessRate { get; init; }
    /// <summary>Dead letters of the period that still wait for a person.</summary>
    [JsonPropertyName("failed")]
    public required long Failed { get; init; }
    /// <summary>Decided without a person: answered, filed or quarantined.</summary>
    [JsonPropertyName("automation_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? AutomationRate { get; init; }
    [JsonPropertyName("auto_answer_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? AutoAnswerRate { get; init; }
    [JsonPropertyName("escalation_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? EscalationRate { get; init; }
    /// <summary>Judged without the language model, although the rules wanted it.</summary>
    [JsonPropertyName("degraded_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? DegradedRate { get; init; }
    /// <summary>From stored to decided.</summary>
    [JsonPropertyName("average_processing_time"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? AverageProcessingTime { get; init; }
    [JsonPropertyName("p50_processing_time")]
    public double? P50 { get; init; }
    [JsonPropertyName("p95_processing_time")]
    public double? P95 { get; init; }
    [JsonPropertyName("p99_processing_time")]
    public double? P99 { get; init; }
    /// <summary>Of automatic answers and drafts people decided about, the share that could leave, or left, as it stood: the nearest there is to how content people are.</summary>
    [JsonPropertyName("satisfaction_score"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? SatisfactionScore { get; init; }
    /// <summary>Spent on language models, in the currency of their prices.</summary>
    [JsonPropertyName("model_cost")]
    public required decimal ModelCost { get; init; }
    [JsonPropertyName("cost_per_email"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostPerEmail { get; init; }
}

/// <param name="From">Per cent, included.</param>
/// <param name="To">Per cent, excluded but for 100.</param>
public sealed record ConfidenceBand(int From, int To, long Messages, double Share);

/// <param name="Name">A category's id, or a decision.</param>
public sealed record ShareOf(string Name, long Messages, double Share);

/// <param name="Automatic">Of these, decided without a person.</param>
/// <param name="Seconds">Average from stored to decided; null without messages.</param>
public sealed record PerformancePoint(DateTimeOffset At, long Messages, long Automatic, double? Seconds);

/// <summary>What was counted.</summary>
/// <param name="CountedTo">Up to this hour reports read counted hours; what is later they count themselves.</param>
public sealed record MetricsUpdate(bool Updated, [property: JsonPropertyName("hours_counted")] int HoursCounted, [property: JsonPropertyName("counted_to")] DateTimeOffset CountedTo, [property: JsonPropertyName("last_day")] PerformanceMetrics LastDay);

/// <summary>The figures people are asked for.</summary>
public sealed record KpiSummary(
    [property: JsonPropertyName("time_range")] TimeRange TimeRange,
    [property: JsonPropertyName("email_processing")] KpiProcessing Processing,
    KpiClassification Classification,
    KpiSystem System,
    KpiAvailability Availability);

public sealed record KpiProcessing(
    [property: JsonPropertyName("total_processed")] long TotalProcessed,
    [property: JsonPropertyName("success_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? SuccessRate,
    [property: JsonPropertyName("avg_processing_time"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? AverageTime,
    [property: JsonPropertyName("automation_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? AutomationRate);

public sealed record KpiClassification(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Accuracy,
    [property: JsonPropertyName("accuracy_note")] string? AccuracyNote,
    [property: JsonPropertyName("confidence_distribution")] IReadOnlyList<ConfidenceBand> ConfidenceDistribution,
    [property: JsonPropertyName("category_distribution")] IReadOnlyList<ShareOf> CategoryDistribution);

/// <summary>Of the machine, or of our share of it where that is limited; averages over the range in per cent. Null: no sample.</summary>
/// <param name="UptimeHours">Since the youngest Api process started.</param>
public sealed record KpiSystem(
    [property: JsonPropertyName("cpu_usage"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Cpu,
    [property: JsonPropertyName("memory_usage"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Memory,
    [property: JsonPropertyName("disk_usage"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Disk,
    [property: JsonPropertyName("uptime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? UptimeHours);

/// <param name="UptimePercentage">Minutes in which both Api and worker said that they work, of those since the first that ever did.</param>
/// <param name="ApiResponseTime">Seconds, average.</param>
/// <param name="ErrorRate">Requests answered with a status from 500 on, 0-1.</param>
/// <param name="Minutes">That were looked at.</param>
public sealed record KpiAvailability(
    [property: JsonPropertyName("uptime_percentage"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? UptimePercentage,
    [property: JsonPropertyName("api_uptime_percentage")] double? ApiUptime,
    [property: JsonPropertyName("worker_uptime_percentage")] double? WorkerUptime,
    [property: JsonPropertyName("api_response_time"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? ApiResponseTime,
    [property: JsonPropertyName("error_rate"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? ErrorRate,
    long Requests,
    long Minutes);
