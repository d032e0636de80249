namespace EmailOps.Core.Contracts;

/// <summary>Paths about what was done by whom, and what looks dangerous; laws as in <see cref="Routes"/>.</summary>
public static class AuditRoutes
{
    /// <summary>GET -> AuditPage, newest first. Query: actor, action (the whole name, or its beginning up to a dot: sign-in.), kind, subject, q (words of the detail), from, to (instants), before (an entry's id), take (1-200, default 50).</summary>
    public const string All = "/audit";
    /// <summary>POST -> AuditVerification: reads the whole chain again.</summary>
    public const string Verify = "/audit/verify";
    /// <summary>GET -> SecurityFinding[]: what the security monitor finds now, worst first.</summary>
    public const string Findings = "/security/findings";
}

/// <param name="Position">Of its seal in the chain; null: not sealed yet.</param>
public sealed record AuditEntryView(long Id, DateTimeOffset At, string Actor, string Action, string SubjectKind, long SubjectId, string Detail, long? Position);

/// <param name="Next">For before of the next page; null: this is the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntryView> Items, long? Next, AuditChainView Chain);

/// <param name="Position">Entries in the chain.</param>
/// <param name="Head">The last hash, in hexadecimal. Kept elsewhere, it shows later whether the end of the chain was cut off.</param>
/// <param name="Unsealed">Entries that wait for their place, counted up to 10,000.</param>
/// <param name="Broken">What the last verification found; null: nothing.</param>
public sealed record AuditChainView(long Position, string Head, long Unsealed, DateTimeOffset? OldestUnsealed, DateTimeOffset? SealedAt, DateTimeOffset? VerifiedAt, long? VerifiedTo, string? Broken);

/// <param name="Broken">What is wrong with the first link that does not hold; null: all hold.</param>
/// <param name="BrokenEntry">Its entry.</param>
public sealed record AuditVerification(bool IsWhole, long Checked, long Unsealed, string Head, string? Broken = null, long? BrokenEntry = null, long? BrokenPosition = null);

/// <summary>Something dangerous that is so now. An alert record has the same fields.</summary>
/// <param name="Component">sign-in, access, secrets, tls, audit.</param>
/// <param name="Name">In one word, the same for the same kind; the name of its alert.</param>
/// <param name="Subject">Of whom or what; with the name it tells one finding from another.</param>
/// <param name="Details">Names and counts; never a secret.</param>
public sealed record SecurityFinding(AlertSeverity Severity, string Component, string Name, string Subject, string Message, IReadOnlyDictionary<string, string> Details);
