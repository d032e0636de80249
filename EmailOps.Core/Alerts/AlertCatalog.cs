using static EmailOps.Core.Alerts.AlertFigure;
using static EmailOps.Core.Alerts.Comparison;
using static EmailOps.Core.Contracts.AlertSeverity;

namespace EmailOps.Core.Alerts;

/// <summary>
/// All alerts, a line each. The built-in monitor evaluates them, and deploy/monitoring/prometheus/alerts.yaml is printed from them (<c>emailops alerts rules</c>; a test compares),
/// so the two cannot disagree. Settings may move thresholds (<see cref="AlertsOptions"/>). Names and figures are those of the runbooks of the systems that EmailOps replaces;
/// where they disagreed, the more urgent reading has a name of its own.
/// </summary>
internal static class AlertCatalog
{
    public const string MonitoringFailed = nameof(MonitoringFailed), DatabaseDown = nameof(DatabaseDown);

    public static IReadOnlyList<AlertRule> All { get; } =
    [
        // Is it there?
        new("ServiceDown", Critical, "API", Up, "min by (instance) (up{job=\"email-triage\"})", Equal, 0, Minutes(1), "{1} does not answer.", 'n', "service-down"),
        new("ContainerUnhealthy", Critical, "API", Health, "min by (service, check) (emailops_health_status{check!=\"database\"})", Equal, 0, Minutes(5), "The check of {1} fails.", 'n', "health-check-failing"),
        new(DatabaseDown, Critical, "Database", DatabaseHealth, "min(emailops_health_status{check=\"database\"})", Equal, 0, Minutes(1), "The database does not answer.", 'n', "database-down"),
        new(MonitoringFailed, Critical, "Monitoring", MonitorAge, "min(emailops_monitor_age_seconds)", Above, 120, Minutes(1), "The built-in monitor has not looked for {0}.", 's', "monitoring-failed"),

        // Requests
        new("HighErrorRate", Critical, "API", RequestErrors, "emailops:http_errors:ratio5m", Above, 0.05, Minutes(5), "{0} of requests end in an error of ours (5xx).", 'p', "request-errors"),
        new("ElevatedErrorRate", Warning, "API", RequestErrors, "emailops:http_errors:ratio5m", Above, 0.01, Minutes(5), "{0} of requests end in an error of ours (5xx).", 'p', "request-errors"),
        new("HighLatency", Warning, "API", RequestTime, "emailops:http_duration:p95_5m", Above, 2, Minutes(5), "One request in twenty takes longer than {0}.", 's', "slow-requests"),

        // Mail
        new("EmailQueueGrowing", Warning, "Processing Queue", QueueSize, "emailops:queue:size", Above, 100, Minutes(10), "Queue size is high: {0}.", 'n', "queue-growing"),
        new("EmailQueueBacklog", Critical, "Processing Queue", QueueSize, "emailops:queue:size", Above, 100, Minutes(5), "Queue size is high: {0}.", 'n', "queue-growing"),
        new("HighEmailProcessingErrorRate", Warning, "Processing", ProcessingErrors, "emailops:processing_failures:ratio5m", Above, 0.10, Minutes(2), "{0} of attempts at messages fail.", 'p', "processing-errors"),
        new("VeryHighEmailProcessingErrorRate", Critical, "Processing", ProcessingErrors, "emailops:processing_failures:ratio5m", Above, 0.25, Minutes(5), "{0} of attempts at messages fail.", 'p', "processing-errors"),
        new("LowSuccessRate", Critical, "Processing", SuccessRate, "min(emailops_success_rate)", Below, 0.90, Minutes(5), "Low success rate: {0}.", 'p', "processing-errors"),
        new("SlowEmailProcessing", Warning, "Performance", ProcessingTime, "emailops:processing:p95_5m", Above, 5, Minutes(5), "Slow processing: one message in twenty takes longer than {0}.", 's', "slow-processing"),
        new("VerySlowEmailProcessing", Critical, "Performance", ProcessingTime, "emailops:processing:p95_5m", Above, 10, Minutes(5), "Slow processing: one message in twenty takes longer than {0}.", 's', "slow-processing"),
        new("DeadLetters", Warning, "Processing", AlertFigure.DeadLetters, "max(emailops_queue_dead_letters)", Above, 0, Minutes(5), "{0} work items ran out of attempts.", 'n', "dead-letters"),
        new("EmailProviderDown", Critical, "Provider", ProviderFailures, "max by (mailbox) (emailops_intake_failures)", Above, 0, Minutes(1), "The mailbox {1} cannot be read.", 'n', "provider-down"),
        new("MailMissing", Critical, "Intake", IntakeGap, "max by (mailbox, folder) (emailops_intake_gap)", Above, 0, Minutes(15), "{0} mails of {1} are on the server and not with us: mail may be lost.", 'n', "mail-missing"),

        // What it needs
        new("DatabaseConnections", Warning, "Database", DatabaseBackends, "max(postgresql_stat_database_numbackends)", Above, 80, Minutes(2), "The database has {0} connections.", 'n', "database-connections"),
        new("LanguageModelDown", Warning, "LLM", ModelBreaker, "max by (provider) (emailops_model_breaker_state)", Above, 1, Minutes(5), "The language model {1} is left alone after failures.", 'n', "language-model-down"),
        new("RedisDown", Warning, "Redis", AlertFigure.Redis, "min(emailops_redis_connected)", Equal, 0, Minutes(5), "Redis is away; its twins serve.", 'n', "redis-down"),
        new("HighMemoryUsage", Warning, "Memory", Memory, "max by (instance) (emailops_process_memory_bytes)", Above, 1e9, Minutes(5), "{1} holds {0} of memory.", 'b', "memory"),
        new("MemoryNearLimit", Critical, "Memory", MemoryShare, "max by (instance) (emailops:memory:share)", Above, 0.90, Minutes(5), "{1} holds {0} of the memory it may hold.", 'p', "memory"),
        new("DiskAlmostFull", Critical, "Disk", DiskShare, "max by (instance, folder) (emailops:disk:used_share)", Above, 0.85, Minutes(5), "The disk of {1} is {0} full.", 'p', "disk-full"),
        new("ManyErrorLines", Warning, "Logs", ErrorLines, "emailops:log_errors:per_minute5m", Above, 10, Minutes(5), "{0} errors a minute are logged.", 'n', "error-lines"),

        // Is it right?
        new("LowClassificationAccuracy", Warning, "Classification", Accuracy, "min by (mailbox) (emailops_classification_accuracy)", Below, 0.80, Minutes(60), "People left only {0} of the categories of {1} as they were.", 'p', "low-accuracy"),
        new("ModelDrift", Warning, "Classification", Drift, "max by (mailbox, feature) (emailops_drift_index)", Above, 0.25, Minutes(60), "The mail of {1} is no longer what its model learned from: index {0}.", 'n', "drift"),
        new("ScheduledJobMissed", Warning, "Schedule", MissedJobs, "max by (exported_job) (emailops_job_missed)", Above, 0, Minutes(5), "The scheduled job {1} did not run in time, {0} times in a day.", 'n', "scheduled-job-missed"),
        new("ScheduledJobFailing", Warning, "Schedule", FailingJobs, "max by (exported_job) (emailops_job_failures)", Above, 1, Minutes(5), "The scheduled job {1} failed {0} times in a row.", 'n', "scheduled-job-missed"),

        // More of it is needed
        new("ScaleUpCpu", Info, "Capacity", Processor, "max by (instance) (emailops_process_cpu)", Above, 0.70, Minutes(10), "{1} uses {0} of the processors.", 'p', "scaling"),
        new("ScaleUpMemory", Info, "Capacity", MemoryShare, "max by (instance) (emailops:memory:share)", Above, 0.80, Minutes(5), "{1} holds {0} of the memory it may hold.", 'p', "scaling"),
        new("ScaleUpQueue", Info, "Capacity", QueueSize, "emailops:queue:size", Above, 1000, Minutes(15), "{0} work items wait.", 'n', "scaling"),
        new("ScaleUpLatency", Info, "Capacity", RequestTime, "emailops:http_duration:p95_5m", Above, 2, Minutes(10), "One request in twenty takes longer than {0}.", 's', "scaling"),
    ];

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);
}
