using EmailOps.Core.Contracts;
using EmailOps.Mail.Authentication;
using EmailOps.Mail.Automated;

namespace EmailOps.Core.Messages;

/// <summary>An offered mail read once: everything that the store and triage need, so that nobody parses it again.</summary>
internal sealed record ParsedMail
{
    public required OfferedMail Mail { get; init; }
    public required byte[] Sha256 { get; init; }
    /// <summary>SHA-256 over Message-ID and content: equal for copies of one message, different when an id is re-used for other content.</summary>
    public required byte[] DedupeKey { get; init; }
    public string? InternetMessageId { get; init; }
    /// <summary>In-Reply-To and References, nearest first, without angle brackets.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
    public required string Subject { get; init; }
    public required Correspondent From { get; init; }
    public IReadOnlyList<Correspondent> To { get; init; } = [];
    public IReadOnlyList<Correspondent> Cc { get; init; } = [];
    public IReadOnlyList<Correspondent> ReplyTo { get; init; } = [];
    public DateTimeOffset? SentAt { get; init; }
    /// <summary>From the topmost Received header; null when there is none.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }
    public required string Text { get; init; }
    /// <summary>Null: all of <see cref="Text"/> is new.</summary>
    public string? NewText { get; init; }
    public string? HiddenText { get; init; }
    public bool ReplyDoubtful { get; init; }
    public AutomatedKind Automated { get; init; }
    public string? AutomatedReason { get; init; }
    /// <summary>What a report about other mail says; null for mail that is none.</summary>
    public MailReport? Report { get; init; }
    /// <summary>Addresses it was delivered to as servers noted them (Delivered-To and the like), lower case, at most 20.</summary>
    public IReadOnlyList<string> DeliveredTo { get; init; } = [];
    /// <summary>Who wrote down what about its sender; null when no header speaks of a check.</summary>
    public AuthenticationTrace? Authentication { get; init; }
    /// <summary>Why its From misleads, one sentence; null when it does not.</summary>
    public string? FromTrick { get; init; }
    public IReadOnlyList<AttachmentInfo> Attachments { get; init; } = [];
    /// <summary>Why it could not be read as mail; null when it could.</summary>
    public string? Unparsable { get; init; }
}

/// <summary>A delivery report, complaint or receipt as far as it can be tied to a reply of ours.</summary>
/// <param name="Marks">What looks like Message-IDs of ours, most telling first; signatures are not checked yet.</param>
/// <param name="Recipients">Every address it names as a recipient, lower case.</param>
internal sealed record MailReport(IReadOnlyList<string> Marks, IReadOnlyList<string> Recipients, bool IsDelayed, bool? IsHard, string? Status, string? Diagnostic);
