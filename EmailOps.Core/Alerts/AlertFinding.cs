using EmailOps.Core.Contracts;

namespace EmailOps.Core.Alerts;

/// <summary>Something a room found by itself that people should know: a failed job, many failed sign-ins. It counts at once, and for as long as it is found.</summary>
/// <param name="Name">In one word, such as <c>ManyFailedSignIns</c>; the same for the same kind of thing.</param>
/// <param name="Component">What is concerned, such as Security.</param>
/// <param name="Subject">Of what; empty: the installation. With the name it tells one finding from another.</param>
/// <param name="Message">One sentence without secrets.</param>
/// <param name="Page">Of the runbook.</param>
internal sealed record AlertFinding(string Name, AlertSeverity Severity, string Component, string Subject, string Message, string Page, IReadOnlyDictionary<string, string>? Details = null);

/// <summary>Asked by the built-in monitor at every look; register it as a singleton. What it does not name any more is over.</summary>
internal interface IAlertSource
{
    /// <summary>Cheap, and bounded: the monitor waits ten seconds for all sources together.</summary>
    Task<IReadOnlyList<AlertFinding>> FindAsync(CancellationToken cancel);
}
