namespace EmailOps.Core.Contracts;

/// <summary>One row of the inbox.</summary>
public sealed record MessageListItem
{
    public required long Id { get; init; }
    public required long MailboxId { get; init; }
    public required long ThreadId { get; init; }
    public required string Subject { get; init; }
    public required Correspondent From { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required int ThreadSize { get; init; }
    public required int AttachmentCount { get; init; }
    /// <summary>Null until triage has run.</summary>
    public string? Category { get; init; }
    /// <summary>Calibrated probability of the category, 0-1.</summary>
    public double? CategoryConfidence { get; init; }
    public bool CategoryCorrected { get; init; }
    /// <summary>1 (can wait) to 10 (now).</summary>
    public int? Priority { get; init; }
    public string? Language { get; init; }
    public string? Summary { get; init; }
    public DecisionKind? Decision { get; init; }
    public DraftState? Draft { get; init; }
    /// <summary>Judged without the language model although policy asked for it.</summary>
    public bool Degraded { get; init; }
    /// <summary>The bytes could not be read as mail; kept raw.</summary>
    public bool Unparsable { get; init; }
    /// <summary>Labels that people put on it, by name.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>A page of the inbox, newest first.</summary>
/// <param name="Items">At most the asked number.</param>
/// <param name="NextCursor">Pass as <c>cursor</c> for the next page; null on the last.</param>
/// <param name="Counts">Messages per decision in the mailbox under the other filters, for the tabs.</param>
public sealed record MessagePage(IReadOnlyList<MessageListItem> Items, string? NextCursor, IReadOnlyDictionary<DecisionKind, long> Counts, long Untriaged);

/// <summary>Everything the message page shows.</summary>
public sealed record MessageDetail
{
    public required MessageListItem Message { get; init; }
    public required IReadOnlyList<Correspondent> To { get; init; }
    public required IReadOnlyList<Correspondent> Cc { get; init; }
    public string? InternetMessageId { get; init; }
    public DateTimeOffset? Date { get; init; }
    public required string Text { get; init; }
    /// <summary>The words that are new in this message.</summary>
    public required string NewText { get; init; }
    public required string QuotedText { get; init; }
    /// <summary>Reply parsing was unsure; show the whole text.</summary>
    public bool ReplyDoubtful { get; init; }
    public required bool HasHtml { get; init; }
    public required long SizeBytes { get; init; }
    public required IReadOnlyList<AttachmentInfo> Attachments { get; init; }
    public SenderTrust Trust { get; init; }
    /// <summary>One sentence; null when the sender was not checked.</summary>
    public string? TrustReason { get; init; }
    /// <summary>A thread that the message names although its sender has no part in it.</summary>
    public long? RelatedThreadId { get; init; }
    /// <summary>The first message of that thread; null when there is none.</summary>
    public ThreadEntry? Related { get; init; }
    /// <summary>What was wrong with the raw message, one sentence each.</summary>
    public required IReadOnlyList<string> Defects { get; init; }
    public MessageEvidence Evidence { get; init; } = MessageEvidence.None;
    public TriageView? Triage { get; init; }
    public DecisionView? Decision { get; init; }
    public DraftView? Draft { get; init; }
    public OutboundView? Outbound { get; init; }
    public required IReadOnlyList<ThreadEntry> Thread { get; init; }
    /// <summary>What was said in the thread, in its own sentences under the names of who said them; null for a short one.</summary>
    public string? ThreadSummary { get; init; }
    public required IReadOnlyList<AuditView> History { get; init; }
    /// <summary>Null: no language model was needed.</summary>
    public ConsultationView? Consultation { get; init; }
    /// <summary>Id of the trace that follows the message, 32 hexadecimal digits; null when none was recorded.</summary>
    public string? TraceId { get; init; }
    /// <summary>All labels of the mailbox, with how each stands; empty where nobody labels.</summary>
    public IReadOnlyList<MessageLabelView> Labels { get; init; } = [];
}

/// <summary>What triage found, and how.</summary>
public sealed record TriageView
{
    public required string Category { get; init; }
    public required double CategoryConfidence { get; init; }
    public required IReadOnlyList<CategoryScore> Alternatives { get; init; }
    public required int Priority { get; init; }
    public required string Language { get; init; }
    public required string Summary { get; init; }
    /// <summary>Overall confidence, 0-100, the number that policy compares with its bands.</summary>
    public required double Confidence { get; init; }
    public required IReadOnlyList<Signal> Signals { get; init; }
    public required IReadOnlyList<Entity> Entities { get; init; }
    public required IReadOnlyList<Citation> Citations { get; init; }
    public required IReadOnlyList<AgentRun> Runs { get; init; }
    public required string ModelVersion { get; init; }
    public required bool Degraded { get; init; }
    public required DateTimeOffset JudgedAt { get; init; }
    /// <summary>Labels that triage proposes.</summary>
    public IReadOnlyList<LabelProposal> Labels { get; init; } = [];
}

/// <param name="Reasons">Why, in order of weight; sentences.</param>
public sealed record DecisionView(DecisionKind Kind, IReadOnlyList<string> Reasons, string PolicyVersion, DateTimeOffset DecidedAt);

/// <param name="Version">Send back as <c>If-Match: "version"</c> when deciding.</param>
/// <param name="Grounding">Where each sentence of the body comes from, as the articles are now.</param>
public sealed record DraftView(long Id, string Body, string? ProposedBody, string Language, DraftState State, int Version, IReadOnlyList<Citation> Citations, string? DecidedBy, DateTimeOffset? DecidedAt,
    GroundingReport? Grounding = null);

public sealed record OutboundView(long Id, long MessageId, string Recipient, string Subject, string Body, OutboundState State, string? Detail, DateTimeOffset CreatedAt, DateTimeOffset? SentAt,
    bool IsAutomatic = false, DateTimeOffset? HoldUntil = null, string? ServerReply = null, string? BounceStatus = null, long? BounceMessageId = null);

public sealed record ThreadEntry(long MessageId, Correspondent From, DateTimeOffset ReceivedAt, string Subject, string Snippet);

public sealed record AuditView(DateTimeOffset At, string Actor, string Action, string Detail);
