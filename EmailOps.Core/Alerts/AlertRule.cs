using EmailOps.Core.Contracts;

namespace EmailOps.Core.Alerts;

internal enum Comparison
{
    Above,
    Below,
    Equal,
}

/// <summary>What a rule looks at. The built-in monitor measures it by itself; Prometheus by the rule's query.</summary>
internal enum AlertFigure
{
    /// <summary>1 for each kind of process (api, worker) of which one lives, else 0.</summary>
    Up,
    /// <summary>What the checks of /health said: 1, 0.5 or 0.</summary>
    Health,
    /// <summary>The same of the database alone.</summary>
    DatabaseHealth,
    /// <summary>Share of requests of the last five minutes that ended with 5xx.</summary>
    RequestErrors,
    /// <summary>95th percentile of requests' seconds.</summary>
    RequestTime,
    /// <summary>Connections to the database.</summary>
    DatabaseBackends,
    /// <summary>Work items ready or under way.</summary>
    QueueSize,
    /// <summary>Share of attempts at messages that failed, in five minutes.</summary>
    ProcessingErrors,
    /// <summary>Share of the last 24 hours' messages that did not run out of attempts.</summary>
    SuccessRate,
    /// <summary>95th percentile of seconds from stored to decided, in five minutes.</summary>
    ProcessingTime,
    /// <summary>Failures in a row of reading a mailbox.</summary>
    ProviderFailures,
    /// <summary>Bytes a process holds.</summary>
    Memory,
    /// <summary>The same as a share of what it may hold.</summary>
    MemoryShare,
    /// <summary>Share of all processors.</summary>
    Processor,
    /// <summary>Share of a disk that is used.</summary>
    DiskShare,
    DeadLetters,
    /// <summary>Mails on a server without a line in the ledger.</summary>
    IntakeGap,
    /// <summary>0 closed, 1 half-open, 2 open.</summary>
    ModelBreaker,
    /// <summary>1 while Redis serves.</summary>
    Redis,
    Drift,
    Accuracy,
    /// <summary>Errors logged a minute.</summary>
    ErrorLines,
    /// <summary>Seconds since the monitor last came to its end.</summary>
    MonitorAge,
    /// <summary>Runs of a scheduled job in the last 24 hours that nobody began in time.</summary>
    MissedJobs,
    /// <summary>Runs of it in a row that were not done.</summary>
    FailingJobs,
}

/// <summary>One alert: what is looked at, from where on it counts, and for how long it must hold.</summary>
/// <param name="Name">As runbooks know it.</param>
/// <param name="Component">What is concerned, as alert records say it.</param>
/// <param name="Query">The figure in Prometheus, without the comparison.</param>
/// <param name="For">How long it must hold without a break.</param>
/// <param name="Summary">One sentence for people; {0} is the figure, {1} what it was measured of.</param>
/// <param name="Format">How the figure is shown: n (number), p (percent), s (seconds), b (bytes).</param>
/// <param name="Page">Of the runbook.</param>
internal sealed record AlertRule(string Name, AlertSeverity Severity, string Component, AlertFigure Figure, string Query, Comparison Comparison, double Threshold, TimeSpan For, string Summary, char Format, string Page)
{
    public bool Holds(double value) => Comparison switch
    {
        Comparison.Above => value > Threshold,
        Comparison.Below => value < Threshold,
        _ => value == Threshold, // of figures that are one of a few whole values
    };
}
