using EmailOps.Core.Contracts;

namespace EmailOps.Core.Delivery;

/// <summary>One reply on its way, or what would have been sent. One row a draft, for ever: a draft is sent at most once.</summary>
internal sealed class OutboundMessage
{
    public long Id { get; set; }
    public long MessageId { get; set; }
    public long DraftId { get; set; }
    public long MailboxId { get; set; }
    /// <summary>Deterministic (RFC 5322 msg-id without brackets), so that a look in the Sent folder finds it after a crash.</summary>
    public required string InternetMessageId { get; set; }
    public required string Recipient { get; set; }
    public required string Subject { get; set; }
    public required string Body { get; set; }
    public OutboundState State { get; set; }
    public string? Detail { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    /// <summary>Policy sends it, not a person.</summary>
    public bool IsAutomatic { get; set; }
    /// <summary>Until then it waits, visibly, and can be undone.</summary>
    public DateTimeOffset? HoldUntil { get; set; }
    /// <summary>What the server answered last.</summary>
    public string? ServerReply { get; set; }
    /// <summary>RFC 3463 status of the bounce, for example 5.1.1.</summary>
    public string? BounceStatus { get; set; }
    /// <summary>The message that reported the bounce.</summary>
    public long? BounceMessageId { get; set; }

    public OutboundView View() => new(Id, MessageId, Recipient, Subject, Body, State, Detail, CreatedAt, SentAt, IsAutomatic, HoldUntil, ServerReply, BounceStatus, BounceMessageId);
}
