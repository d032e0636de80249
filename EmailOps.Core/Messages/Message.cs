using EmailOps.Core.Contracts;
using EmailOps.Mail.Automated;

namespace EmailOps.Core.Messages;

/// <summary>One received e-mail as stored. Written by intake only.</summary>
internal sealed class Message
{
    public long Id { get; set; }
    public long MailboxId { get; set; }
    public long ThreadId { get; set; }
    public long RawId { get; set; }
    public string? InternetMessageId { get; set; }
    public required string Subject { get; set; }
    public string? FromName { get; set; }
    public required string FromAddress { get; set; }
    /// <summary>JSON of <c>Recipients</c>.</summary>
    public required string Recipients { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public DateTimeOffset StoredAt { get; set; }
    public required string Text { get; set; }
    public string? NewText { get; set; }
    public string? HiddenText { get; set; }
    public bool ReplyDoubtful { get; set; }
    public AutomatedKind Automated { get; set; }
    public string? AutomatedReason { get; set; }
    /// <summary>JSON list of <see cref="AttachmentInfo"/>; null: none.</summary>
    public string? Attachments { get; set; }
    public int ThreadPosition { get; set; }
    public bool IsUnparsable { get; set; }
    public SenderTrust Trust { get; set; }
    public string? TrustReason { get; set; }
    /// <summary>A thread it names although its sender has no part in it.</summary>
    public long? RelatedThreadId { get; set; }
}

/// <summary>Raw bytes by content.</summary>
internal sealed class RawMail
{
    public long Id { get; set; }
    public required byte[] Sha256 { get; set; }
    public long SizeBytes { get; set; }
    /// <summary>Only the beginning was kept: the mail is over the limit.</summary>
    public bool IsHead { get; set; }
    public required byte[] Bytes { get; set; }
}
