using EmailOps.Core.Contracts;

namespace EmailOps.Core.Policy;

/// <summary>What policy ordered for a message, as stored.</summary>
internal sealed class StoredDecision
{
    public long MessageId { get; set; }
    public long MailboxId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public DecisionKind Kind { get; set; }
    /// <summary>JSON list of sentences.</summary>
    public required string Reasons { get; set; }
    public required string PolicyVersion { get; set; }
    public DateTimeOffset DecidedAt { get; set; }
}
