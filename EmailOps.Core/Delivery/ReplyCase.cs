using EmailOps.Core.Contracts;

namespace EmailOps.Core.Delivery;

/// <summary>A draft with what its reply needs.</summary>
internal sealed record ReplyCase
{
    public required long DraftId { get; init; }
    public required long MessageId { get; init; }
    public required long ThreadId { get; init; }
    public required long MailboxId { get; init; }
    public required bool IsApproved { get; init; }
    /// <summary>Policy approved it, not a person.</summary>
    public required bool IsAutomatic { get; init; }
    public required int DraftVersion { get; init; }
    public required string Body { get; init; }
    /// <summary>Of the message answered, as are the next three.</summary>
    public required string Subject { get; init; }
    public required string From { get; init; }
    public required IReadOnlyList<Correspondent> ReplyTo { get; init; }
    /// <summary>The beginning of its raw bytes: its header.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }
    public required string MailboxAddress { get; init; }
    public required string MailboxName { get; init; }
    public required MailboxSettings Settings { get; init; }
    /// <summary>The addresses of all mailboxes.</summary>
    public required IReadOnlyList<string> OwnAddresses { get; init; }
}

/// <param name="Raw">What the server is given, at every attempt; null where nothing is sent.</param>
/// <param name="CopyDue">A copy belongs into the Sent folder.</param>
/// <param name="Hold">How long it waits and can be undone.</param>
internal sealed record WrittenReply(OutboundMessage Row, int DraftVersion, string Correspondent, ReadOnlyMemory<byte>? Raw, bool CopyDue, TimeSpan Hold);
