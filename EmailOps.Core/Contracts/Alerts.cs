namespace EmailOps.Core.Contracts;

/// <summary>Paths of alerts; laws as in <see cref="Routes"/>.</summary>
public static class AlertRoutes
{
    /// <summary>GET -> AlertsView. Query: state (firing, the default; pending; history), name, before (an id), take (1-200, default 50).</summary>
    public const string All = "/alerts";
    /// <summary>GET -> AlertView.</summary>
    public const string One = "/alerts/{id:long}";
    /// <summary>POST AcknowledgeAlert -> AlertView: somebody looks at it; it is not told again. 409 when it no longer fires.</summary>
    public const string Acknowledge = "/alerts/{id:long}/acknowledge";
    /// <summary>GET -> AlertSilenceView[]: those in force; POST SilenceAlert -> 201 AlertSilenceView.</summary>
    public const string Silences = "/alerts/silences";
    /// <summary>POST -> 204: ends it now.</summary>
    public const string SilenceEnd = "/alerts/silences/{id:long}/end";
    /// <summary>GET -> AlertRuleView[]: what is watched, with the thresholds in force.</summary>
    public const string Rules = "/alerts/rules";
}

/// <summary>How bad it is; the runbook's severity matrix says by when somebody must look.</summary>
public enum AlertSeverity
{
    Info,
    Warning,
    Critical,
}

public enum AlertState
{
    /// <summary>It holds, but not yet for as long as it must.</summary>
    Pending,
    Firing,
    Resolved,
}

/// <summary>One alert record. Its first four fields are also what the webhook is sent.</summary>
/// <param name="Details">Figures and names, for machines: value, threshold and what the rule knows besides.</param>
/// <param name="Subject">What it was measured of (a mailbox, a process); empty: the installation.</param>
/// <param name="RunbookPage">Name of its page in the runbook.</param>
/// <param name="IsSilenced">It is kept, and told to nobody.</param>
public sealed record AlertView(
    AlertSeverity Severity, string Component, string Message, IReadOnlyDictionary<string, string> Details,
    long Id, string Name, string Subject, AlertState State, DateTimeOffset BeganAt, DateTimeOffset? FiredAt, DateTimeOffset? ResolvedAt,
    string RunbookPage, DateTimeOffset? AcknowledgedAt = null, string? AcknowledgedBy = null, string? Note = null, bool IsSilenced = false, DateTimeOffset? ToldAt = null, string? TellProblem = null);

/// <param name="Monitor">When the built-in monitor last came to its end; null: it never did.</param>
/// <param name="MonitorProblem">Why nothing is watched now; null: it is.</param>
public sealed record AlertsView(IReadOnlyList<AlertView> Alerts, DateTimeOffset? Monitor, string? MonitorProblem);

/// <param name="Note">What is being done, at most 500 characters; may be left out.</param>
public sealed record AcknowledgeAlert(string? Note = null);

/// <param name="Name">An alert's name.</param>
/// <param name="Subject">Only what was measured of this; left out: of anything.</param>
/// <param name="Minutes">1 to 43,200 (30 days).</param>
/// <param name="Reason">Shown to everybody, at most 500 characters.</param>
public sealed record SilenceAlert(string Name, string? Subject, int Minutes, string? Reason = null);

public sealed record AlertSilenceView(long Id, string Name, string? Subject, DateTimeOffset Until, string By, string? Reason);

public sealed record AlertRuleView(string Name, AlertSeverity Severity, string Component, string Condition, double Threshold, TimeSpan For, string RunbookPage, bool IsEnabled);
