namespace EmailOps.Core.Audit;

/// <summary>Who did what and why.</summary>
internal sealed class AuditEntry
{
    public long Id { get; set; }
    public DateTimeOffset At { get; set; }
    /// <summary>An operator's name, a key's name, or <c>emailops</c> for the product itself.</summary>
    public required string Actor { get; set; }
    /// <summary>For example <c>draft.approve</c>.</summary>
    public required string Action { get; set; }
    public required string SubjectKind { get; set; }
    public long SubjectId { get; set; }
    public required string Detail { get; set; }
}
