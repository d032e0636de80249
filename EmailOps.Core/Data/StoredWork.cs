using EmailOps.Core.Work;

namespace EmailOps.Core.Data;

/// <summary>A work item as read by status pages; the queue itself writes by SQL.</summary>
internal sealed class StoredWork
{
    public long Id { get; set; }
    public Stage Stage { get; set; }
    public long SubjectId { get; set; }
    public long MailboxId { get; set; }
    public short Attempts { get; set; }
    public string? LastError { get; set; }
    public DateTimeOffset? DiedAt { get; set; }
}
