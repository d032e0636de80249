namespace EmailOps.ServiceDefaults.Settings;

/// <summary>
/// Every name an operator may set, in the order of .env.example. A map from names to configuration keys and no more: what a key means
/// is known where its options class stands.
/// </summary>
public static class SettingNames
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        // Where things are
        Setting.Text("ENV"),
        Setting.Text("STATE_DIR"),
        Setting.Text("CACHE_DIR"),
        Setting.Text("BIND_ADDRESS"),
        Setting.Port("API_PORT"),
        Setting.Port("WORKER_PORT"),
        Setting.Port("WEB_PORT"),
        Setting.Web("WEB_PUBLIC_URL"),
        Setting.Web("TRACE_URL"),
        Setting.Number("WEB_UPLOAD_LIMIT_MB", null, 1, 16_384),
        Setting.OneOf("STATUS_PAGE", "StatusPage:Access", "private", "public"),
        Setting.Text("EMAILOPS_API_KEY"),
        Setting.Text("SECRETS_KEY", "Secrets:Key"),
        Setting.Text("SECRETS_KEY_PREVIOUS", "Secrets:Previous"),
        Setting.Switch("LOAD_SAMPLES", "Samples:Load"),

        // Database: one pool, by any of the names that systems replaced by this one used
        Setting.Text("INDEX_DB_URL"),
        Setting.Number("DATABASE_POOL_SIZE", null, 1, 1000),
        Setting.Number("DATABASE_MAX_OVERFLOW", null, 0, 1000),
        Setting.Number("DATABASE_POOL_MIN", null, 0, 1000),
        Setting.Number("DATABASE_POOL_MAX", null, 1, 1000),
        Setting.Switch("DATABASE_POOL_PRE_PING"),
        Setting.Number("DATABASE_POOL_RECYCLE", null, 0, 86_400),
        Setting.Number("DATABASE_COMMAND_TIMEOUT", null, 0, 86_400),
        Setting.Memory("DATABASE_SHARED_BUFFERS"),
        Setting.Memory("DATABASE_EFFECTIVE_CACHE_SIZE"),

        // Work
        Setting.Number("WORKERS", "Work:Concurrency", 1, 64),
        Setting.Number("MAX_WORKERS", "Work:MaxConcurrency", 1, 64),
        Setting.Number("BATCH_SIZE", "Work:BatchSize", 1, 5000),
        Setting.Switch("PARALLEL_PROCESSING", "Work:Parallel"),
        // Nothing to choose: said instead of ignored.
        new("QUANTIZATION", null, value => value.Equals("int8", StringComparison.OrdinalIgnoreCase) ? "int8" : throw new FormatException("int8, which the built-in model's weights always are; a language model's are chosen by its tag, such as OLLAMA_MODEL=llama3.2:3b-instruct-q4_K_M")),
        Setting.Number("LLM_CONCURRENCY", "Consulting:Concurrency", 1, 64),

        // Logs
        new("LOG_LEVEL", "Logging:LogLevel:Default", value => Setting.Level(value).ToString()),
        Setting.Switch("LOG_FILE_ENABLED", "Logging:File:Enabled"),
        Setting.Text("LOG_FILE_PATH", "Logging:File:Path"),
        Setting.OneOf("LOG_FORMAT", "Logging:Format", "auto", "json", "text"),
        Setting.Text("SENTRY_DSN", "Sentry:Dsn"),

        // Cache; Redis limits by their full keys (Redis__...)
        Setting.Text("REDIS_URL"),
        Setting.Switch("CACHE_ENABLED", "Cache:Enabled"),
        Setting.Number("CACHE_TTL", "Cache:TimeToLiveSeconds", 1, 31_536_000),

        // Language models; more providers, prices and limits by their full keys (LanguageModels__...)
        Setting.Switch("LANGUAGE_MODELS", "LanguageModels:Enabled"),
        Setting.Switch("OLLAMA_FIND", "LanguageModels:FindLocal"),
        Setting.Web("OLLAMA_ENDPOINT", "LanguageModels:Ollama:Endpoint"),
        Setting.Text("OLLAMA_MODEL", "LanguageModels:Ollama:Model"),
        Setting.Text("OLLAMA_EMBEDDING_MODEL", "LanguageModels:Ollama:EmbeddingModel"),
        Setting.Number("OLLAMA_CONTEXT", "LanguageModels:Ollama:Context", 512, 2_000_000),
        Setting.Web("OPENAI_BASE_URL", "LanguageModels:OpenAi:Endpoint"),
        Setting.Text("OPENAI_API_KEY", "LanguageModels:OpenAi:ApiKey"),
        Setting.Text("OPENAI_MODEL", "LanguageModels:OpenAi:Model"),
        Setting.Text("OPENAI_EMBEDDING_MODEL", "LanguageModels:OpenAi:EmbeddingModel"),
        Setting.Number("MODEL_TOKENS_PER_DAY", "LanguageModels:Budget:TokensPerDay", 0, 1_000_000_000_000),
        Setting.Number("MODEL_MONEY_PER_DAY", "LanguageModels:Budget:MoneyPerDay", 0, 1_000_000),

        // The mailbox
        Setting.Text("EMAIL_IMAP_HOST", "Mailbox:Imap:Host"),
        Setting.Port("EMAIL_IMAP_PORT", "Mailbox:Imap:Port"),
        Setting.OneOf("EMAIL_IMAP_SECURITY", "Mailbox:Imap:Security", "Tls", "StartTls", "None"),
        Setting.Text("EMAIL_SMTP_HOST", "Mailbox:Smtp:Host"),
        Setting.Port("EMAIL_SMTP_PORT", "Mailbox:Smtp:Port"),
        Setting.OneOf("EMAIL_SMTP_SECURITY", "Mailbox:Smtp:Security", "Tls", "StartTls", "None"),
        Setting.Text("EMAIL_USERNAME", "Mailbox:Username"),
        Setting.Text("EMAIL_PASSWORD", "Mailbox:Password"),
        Setting.Text("EMAIL_ADDRESS", "Mailbox:Address"),
        Setting.OneOf("FALLBACK_PROVIDER", "Providers:Fallback", "Imap", "Gmail", "Graph"),
        Setting.Text("GMAIL_CLIENT_ID", "Gmail:ClientId"),
        Setting.Text("GMAIL_CLIENT_SECRET", "Gmail:ClientSecret"),
        Setting.Text("M365_CLIENT_ID", "Microsoft365:ClientId"),
        Setting.Text("EMAILBOT_M365_CLIENT_SECRET", "Microsoft365:ClientSecret"),
        Setting.Text("M365_TENANT_ID", "Microsoft365:TenantId"),
        Setting.Web("M365_LOGIN_URL", "Microsoft365:LoginUrl"),
        Setting.Web("M365_GRAPH_URL", "Microsoft365:GraphUrl"),
        Setting.Text("M365_CATEGORY", "Microsoft365:Category"),
        Setting.Switch("M365_TEAMS", "Microsoft365:Teams"),
        Setting.Web("M365_NOTIFICATION_URL", "Microsoft365:NotificationUrl"),

        // Decisions: from which confidence, in percent
        Setting.Number("AUTO_HANDLE", "Policy:AutoHandle", 0, 100),
        Setting.Number("SUGGEST_RESPONSE", "Policy:SuggestResponse", 0, 100),
        Setting.Number("HUMAN_REVIEW", "Policy:HumanReview", 0, 100),

        // Calls to addresses that people entered: webhooks, chats, alerts
        Setting.Text("OUTGOING_ALLOW", "Outgoing:Allow"),

        // Metrics, alerts and backups
        Setting.Switch("METRIC_ALIASES", "Metrics:Aliases"),
        Setting.Number("ALERT_COOLDOWN", "Alerts:CooldownSeconds", 0, 86_400),
        Setting.Web("ALERT_WEBHOOK_URL", "Alerts:WebhookUrl"),
        Setting.Text("ALERT_WEBHOOK_SECRET", "Alerts:WebhookSecret"),
        Setting.Number("MAX_QUEUE_SIZE", "Alerts:MaxQueueSize", 0, 100_000_000),
        Setting.Text("MIN_SUCCESS_RATE", "Alerts:MinSuccessRate"),
        Setting.Number("MAX_PROCESSING_TIME", "Alerts:MaxProcessingTime", 1, 86_400),
        Setting.Text("AWS_S3_BACKUP_BUCKET", "Backup:S3Bucket"),
        Setting.Number("RETENTION_DAYS", "Retention:Days", 0, 36_500),
    ];
}
