namespace EmailOps.Core.Contracts;

/// <summary>Paths of what is ordered for the whole installation; laws as in <see cref="Routes"/>.</summary>
public static class OperationRoutes
{
    /// <summary>GET -> OperationsView.</summary>
    public const string All = "/operations";
    /// <summary>POST StandingOrder -> OperationsView: automatic answers are held, in every mailbox, until somebody resumes.</summary>
    public const string Pause = "/automation/pause";
    /// <summary>POST -> OperationsView: held answers go on, checked once more as they leave.</summary>
    public const string Resume = "/automation/resume";
    /// <summary>POST StandingOrder -> OperationsView: workers finish what they hold and claim nothing more.</summary>
    public const string Drain = "/workers/drain";
    /// <summary>POST -> OperationsView: workers claim again.</summary>
    public const string WorkersResume = "/workers/resume";
    /// <summary>POST UrgentOrder -> OperationsView: messages below a priority are triaged and then wait until somebody lets all go on.</summary>
    public const string Urgent = "/process/urgent";
    /// <summary>POST -> OperationsView: messages of every priority go on.</summary>
    public const string UrgentEnd = "/process/all";
    /// <summary>POST -> CacheCleared: kept answers of language models, vectors of questions and access tokens are forgotten by all processes.</summary>
    public const string ClearCache = "/admin/clear-cache";
    /// <summary>POST -> ImportView: the sample mailbox is made and filled; again is safe, copies are recognised.</summary>
    public const string Samples = "/admin/samples";
}

/// <summary>Body of a standing order; may be left out.</summary>
/// <param name="Reason">Shown to everybody until the order ends, at most 500 characters.</param>
public sealed record StandingOrder(string? Reason = null);

/// <summary>A standing order in force.</summary>
/// <param name="MinPriority">Of <see cref="OperationsView.UrgentOnly"/>.</param>
public sealed record StandingOrderView(DateTimeOffset At, string By, string? Reason, int? MinPriority = null);

/// <summary>Body of <c>POST /process/urgent</c>.</summary>
/// <param name="MinPriority">1-10: messages below it are triaged and then wait.</param>
/// <param name="Reason">As in <see cref="StandingOrder"/>.</param>
public sealed record UrgentOrder(int MinPriority, string? Reason = null);

/// <summary>What was ordered for the whole installation.</summary>
/// <param name="Paused">Automatic answers are held; null: they are not.</param>
/// <param name="HeldAnswers">Automatic answers whose time has come and that wait for the end of the pause.</param>
/// <param name="Draining">Workers claim nothing more; null: they work.</param>
/// <param name="InHand">What workers still hold while they drain: work items, mailboxes, assessments. 0: drained.</param>
/// <param name="UrgentOnly">Only urgent messages go on past triage; null: all do.</param>
public sealed record OperationsView(StandingOrderView? Paused = null, long HeldAnswers = 0, StandingOrderView? Draining = null, long InHand = 0, StandingOrderView? UrgentOnly = null);
