using EmailOps.Core.Contracts;
using EmailOps.Mail.Automated;

namespace EmailOps.Core.Messages;

/// <summary>A stored message as triage sees it: what came in, never changed. Everything in it is hostile input.</summary>
internal sealed record IncomingMessage
{
    public required long Id { get; init; }
    public required long MailboxId { get; init; }
    public required string Subject { get; init; }
    public required Correspondent From { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    /// <summary>What a reader sees, quoted history included; cut at the intake limit.</summary>
    public required string Text { get; init; }
    /// <summary>The words that are new in this message.</summary>
    public required string NewText { get; init; }
    /// <summary>Text that is in the mail but no reader sees (white on white, zero size, comments); cut to 8 kB.</summary>
    public string HiddenText { get; init; } = "";
    public bool ReplyDoubtful { get; init; }
    public AutomatedKind Automated { get; init; } = AutomatedKind.Normal;
    /// <summary>Why it is held for automated mail, one sentence.</summary>
    public string? AutomatedReason { get; init; }
    public IReadOnlyList<AttachmentInfo> Attachments { get; init; } = [];
    /// <summary>How many messages of the thread came before this one.</summary>
    public int ThreadPosition { get; init; }
    /// <summary>Messages of the same sender in the 7 days before that nobody has answered.</summary>
    public int UnansweredBefore { get; init; }
    /// <summary>When the sender's first unanswered message of this thread came in; null when this is it.</summary>
    public DateTimeOffset? WaitingSince { get; init; }
}
