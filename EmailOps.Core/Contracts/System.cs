namespace EmailOps.Core.Contracts;

/// <param name="HasTransport">Replies leave the house: an SMTP server is set up.</param>
/// <param name="IsRead">An IMAP server is set up and the mailbox is enabled.</param>
/// <param name="AwaitingPeople">Messages for review, suggested or escalated whose draft nobody decided, or that have none; counted to 1,000.</param>
public sealed record MailboxView(long Id, string Address, string Name, bool HasTransport, long Messages, long AwaitingPeople, DateTimeOffset? LastMessageAt, bool IsRead = false, bool IsEnabled = true);

/// <summary>A category of the taxonomy in force.</summary>
public sealed record CategoryView(string Id, string Title, string Description);

/// <summary>A work item that ran out of attempts.</summary>
public sealed record DeadLetterView(long Id, string Stage, long MessageId, string? Subject, int Attempts, string Error, DateTimeOffset DiedAt);

/// <summary>Answer of <c>GET /process/status</c>. Names are those of the runbooks, hence snake_case on the wire.</summary>
public sealed record ProcessStatus
{
    [System.Text.Json.Serialization.JsonPropertyName("emails_processed_today")]
    public required long EmailsProcessedToday { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("current_queue_size")]
    public required long CurrentQueueSize { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("dead_letters")]
    public required long DeadLetters { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("stages")]
    public required IReadOnlyList<StageStatus> Stages { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("processing_stats")]
    public required ProcessingStats ProcessingStats { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("language_model")]
    public ModelFigures LanguageModel { get; init; } = new();
    [System.Text.Json.Serialization.JsonPropertyName("operations")]
    public OperationsView Operations { get; init; } = new();
    /// <summary>Processes that do work, oldest first.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("workers")]
    public IReadOnlyList<WorkerView> Workers { get; init; } = [];
}

/// <param name="Stage">Intake, Triage, Policy or Delivery.</param>
/// <param name="Ready">Items that may be claimed now.</param>
/// <param name="Leased">Items a worker holds.</param>
/// <param name="Waiting">Items waiting for their time (retry, hold).</param>
public sealed record StageStatus(string Stage, long Ready, long Leased, long Waiting, double? OldestReadySeconds);

public sealed record ProcessingStats
{
    /// <summary>0-1 over the last 24 hours; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("success_rate")]
    public double? SuccessRate { get; init; }
    /// <summary>Seconds from stored to decided, average over the last 24 hours.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("average_processing_time")]
    public double? AverageProcessingTime { get; init; }
    /// <summary>What language models cost for each message decided in the last 24 hours, in the currency of the prices; null without any.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("cost_per_email")]
    public double? CostPerEmail { get; init; }
}

/// <summary>One component in <c>GET /health/detailed</c>.</summary>
/// <param name="Pool">Of the database: the connections of the process that answers.</param>
public sealed record ComponentHealth(string Status, string Detail, double? LatencyMs = null, PoolView? Pool = null);

/// <summary>Connections to the database that a process holds open. In the one-process host, of all its parts together.</summary>
/// <param name="InUse">Somebody waits for their answer.</param>
/// <param name="Size">How many there may be.</param>
/// <param name="Waiting">Callers that wait for a free one.</param>
public sealed record PoolView(long InUse, long Idle, long Size, long Waiting);

public sealed record HealthReportView(string Status, IReadOnlyDictionary<string, ComponentHealth> Components, string Version, double UptimeSeconds);

/// <summary>One live event of <c>GET /events</c> (server-sent events; the event name is <see cref="Kind"/>).</summary>
/// <param name="Kind"><c>message</c> (stored, triaged, decided, corrected), <c>draft</c>, <c>outbound</c>, <c>brake</c>, <c>import</c>, <c>model</c> (of a mailbox), <c>assessment</c>.</param>
/// <param name="Id">Id of what changed; a page reads it again.</param>
public sealed record LiveEvent(string Kind, long Id);
