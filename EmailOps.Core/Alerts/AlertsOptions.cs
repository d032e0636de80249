namespace EmailOps.Core.Alerts;

/// <summary>What the built-in monitor watches and whom it tells; bound to the section <c>Alerts</c>.</summary>
internal sealed class AlertsOptions
{
    public const string Section = "Alerts";

    public bool Enabled { get; set; } = true;
    /// <summary>How often figures are looked at.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>Between two messages about the same alert, however often it comes and goes (ALERT_COOLDOWN): guards people from storms.</summary>
    public int CooldownSeconds { get; set; } = 300;
    /// <summary>An alert that goes on and that nobody has acknowledged is told again.</summary>
    public TimeSpan RepeatEvery { get; set; } = TimeSpan.FromHours(4);
    /// <summary>Where alert records are posted (ALERT_WEBHOOK_URL); empty: nowhere, they stand in the console.</summary>
    public string WebhookUrl { get; set; } = "";
    /// <summary>Signs what is posted (ALERT_WEBHOOK_SECRET), so that the receiver knows it is ours.</summary>
    public string WebhookSecret { get; set; } = "";
    /// <summary>Resolved alerts are kept this long.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Of EmailQueueGrowing and EmailQueueBacklog (MAX_QUEUE_SIZE).</summary>
    public double? MaxQueueSize { get; set; }
    /// <summary>Of LowSuccessRate, 0-1 (MIN_SUCCESS_RATE).</summary>
    public double? MinSuccessRate { get; set; }
    /// <summary>Of SlowEmailProcessing in seconds (MAX_PROCESSING_TIME); VerySlowEmailProcessing counts from twice as long.</summary>
    public double? MaxProcessingTime { get; set; }
    /// <summary>By an alert's name: what it has in place of the catalog's, such as <c>Alerts__Rules__DatabaseConnections__Threshold=200</c>.</summary>
    public Dictionary<string, RuleChange> Rules { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The catalog with the thresholds in force, without what is switched off.</summary>
    public IReadOnlyList<AlertRule> InForce() => [.. AlertCatalog.All.Where(r => IsOn(r.Name)).Select(Changed)];

    public bool IsOn(string name) => Rules.GetValueOrDefault(name)?.Enabled ?? true;

    public AlertRule Changed(AlertRule rule)
    {
        var threshold = rule.Name switch
        {
            "EmailQueueGrowing" or "EmailQueueBacklog" => MaxQueueSize,
            "LowSuccessRate" => MinSuccessRate,
            "SlowEmailProcessing" => MaxProcessingTime,
            "VerySlowEmailProcessing" => 2 * MaxProcessingTime,
            _ => null,
        };
        var change = Rules.GetValueOrDefault(rule.Name);
        return rule with { Threshold = change?.Threshold ?? threshold ?? rule.Threshold, For = change?.For ?? rule.For };
    }

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { Every: var every } when every < TimeSpan.FromMilliseconds(50) || every > TimeSpan.FromMinutes(1) => $"{Section}:Every is {every}; set it from 00:00:00.05 to 00:01:00.",
        { CooldownSeconds: < 0 or > 86_400 } => $"{Section}:CooldownSeconds is {CooldownSeconds}; set it from 0 to 86400.",
        { RepeatEvery: var repeat } when repeat < TimeSpan.FromMinutes(1) => $"{Section}:RepeatEvery is {repeat}; set it to 00:01:00 or longer.",
        { Keep: var keep } when keep < TimeSpan.FromHours(1) => $"{Section}:Keep is {keep}; set it to 01:00:00 or longer.",
        { MaxQueueSize: < 0 } => $"{Section}:MaxQueueSize is {MaxQueueSize}; set it to 0 or more.",
        { MinSuccessRate: < 0 or > 1 } => $"{Section}:MinSuccessRate is {MinSuccessRate}; set it from 0 to 1.",
        { MaxProcessingTime: <= 0 } => $"{Section}:MaxProcessingTime is {MaxProcessingTime}; set it to more than 0 seconds.",
        _ when Rules.Keys.FirstOrDefault(name => AlertCatalog.All.All(r => !r.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } unknown => $"{Section}:Rules:{unknown} is no alert; docs/runbook/README.md lists them.",
        _ when Rules.FirstOrDefault(r => r.Value.For < TimeSpan.Zero || r.Value.Threshold is double.NaN) is { Key: { } wrong } => $"{Section}:Rules:{wrong} has a time below zero or a threshold that is no number.",
        _ => null,
    };

    internal sealed class RuleChange
    {
        public double? Threshold { get; set; }
        public TimeSpan? For { get; set; }
        public bool? Enabled { get; set; }
    }
}
