namespace EmailOps.Core.Contracts;

/// <summary>Where an escalation stands.</summary>
public enum EscalationState
{
    /// <summary>Nobody has taken it on.</summary>
    Open,
    /// <summary>A person is at it.</summary>
    Claimed,
    /// <summary>Answered, or settled in another way.</summary>
    Resolved,
}

/// <summary>How soon a person is needed; by it the service levels say when.</summary>
public enum EscalationSeverity
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>A message that needs a person by a certain time.</summary>
/// <param name="Level">On-call level that was called so far, 1-4.</param>
/// <param name="OpenedBy"><c>policy</c>, <c>upgrade</c> (there before escalations were) or a person.</param>
/// <param name="RespondBy">When somebody must have taken it on; null: no time was set.</param>
/// <param name="ResolveBy">When it must be settled.</param>
/// <param name="IsOverdue">A time has passed: nobody took it on, or it is not settled.</param>
/// <param name="Messages">Messages of the thread since it was opened, itself included.</param>
public sealed record EscalationView(long Id, long MessageId, long MailboxId, string Subject, Correspondent From, string Summary, IReadOnlyList<string> Reasons, string? Category, int? Priority,
    EscalationSeverity Severity, EscalationState State, int Level, DateTimeOffset OpenedAt, string OpenedBy, DateTimeOffset? RespondBy, DateTimeOffset? ResolveBy,
    DateTimeOffset? ClaimedAt, string? ClaimedBy, DateTimeOffset? ResolvedAt, string? ResolvedBy, string? Resolution, bool IsOverdue, int Messages = 1)
{
    /// <summary>The time that counts now: to take it on, then to settle it; null once resolved.</summary>
    public DateTimeOffset? DueAt => State switch { EscalationState.Open => RespondBy, EscalationState.Claimed => ResolveBy, _ => null };
}

/// <param name="Open">Nobody took these on.</param>
/// <param name="Overdue">Of all that are not resolved.</param>
public sealed record EscalationCounts(long Open, long Claimed, long Overdue);

/// <summary>Those asked for, overdue ones first, then by the time that counts; resolved ones newest first.</summary>
public sealed record EscalationPage(IReadOnlyList<EscalationView> Items, EscalationCounts Counts);

/// <summary>An escalation with what was told to whom, and what happened.</summary>
public sealed record EscalationDetail(EscalationView Escalation, IReadOnlyList<NotificationView> Notifications, IReadOnlyList<AuditView> History, IReadOnlyList<OnCallContact> OnCall);

/// <summary>Body of <c>POST /escalations</c>: by hand.</summary>
/// <param name="Severity">Null: as the service levels say for its category and priority.</param>
/// <param name="Reason">At most 1,000 characters.</param>
public sealed record OpenEscalation(long MessageId, string? Reason = null, EscalationSeverity? Severity = null);

/// <summary>Body of <c>POST /escalations/{id}/resolve</c>; may be left out.</summary>
/// <param name="Note">How it was settled, at most 1,000 characters.</param>
public sealed record ResolveEscalation(string? Note = null);

/// <summary>What a link in a chat is about. It names its purpose and ends; whoever opens it confirms under a name.</summary>
/// <param name="Purpose"><c>claim</c> or <c>resolve</c>.</param>
/// <param name="CanAct">False once somebody was faster.</param>
public sealed record EscalationLinkView(string Purpose, long EscalationId, string Subject, EscalationSeverity Severity, EscalationState State, string? ClaimedBy, string? ResolvedBy, bool CanAct);

/// <summary>Body of <c>POST /escalations/links/act</c>.</summary>
/// <param name="Name">Who acts, 1 to 100 characters.</param>
public sealed record ActByLink(string Token, string Name, string? Note = null);

/// <summary>Paths about escalations; laws as in <see cref="Routes"/>. Where the row stands decides: 409 for whoever comes too late.</summary>
public static class EscalationRoutes
{
    /// <summary>GET -> EscalationPage. Query: state (open, claimed, resolved; without: the first two), severity, mailbox, overdue=true, message, take (1-200, default 100). POST OpenEscalation -> 201 EscalationView.</summary>
    public const string All = "/escalations";
    /// <summary>GET -> EscalationDetail.</summary>
    public const string One = "/escalations/{id:long}";
    /// <summary>POST -> EscalationView: the caller takes it on.</summary>
    public const string Claim = "/escalations/{id:long}/claim";
    /// <summary>POST -> EscalationView: who took it on gives it back.</summary>
    public const string Release = "/escalations/{id:long}/release";
    /// <summary>POST ResolveEscalation -> EscalationView.</summary>
    public const string Resolve = "/escalations/{id:long}/resolve";
    /// <summary>GET -> EscalationLinkView. Query: token. For the console's page behind links in chats.</summary>
    public const string Link = "/escalations/links";
    /// <summary>POST ActByLink -> EscalationLinkView.</summary>
    public const string ActByLink = "/escalations/links/act";
    /// <summary>GET -> ServiceLevelView; PUT ServiceLevelPlan (If-Match) -> ServiceLevelView. Query: mailbox (without: for all that have none of their own).</summary>
    public const string ServiceLevels = "/service-levels";
}
