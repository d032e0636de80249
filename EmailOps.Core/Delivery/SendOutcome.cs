namespace EmailOps.Core.Delivery;

/// <summary>What became of one attempt, as far as can be known.</summary>
internal enum SendResult
{
    /// <summary>The server took it.</summary>
    Accepted,
    /// <summary>The server refused for good: it has it not, and never will.</summary>
    Refused,
    /// <summary>It certainly was not taken; later it may be.</summary>
    NotNow,
    /// <summary>It left, and no answer came: nobody knows.</summary>
    Unclear,
}

/// <param name="Reply">What the server said last; null when it said nothing.</param>
/// <param name="Detail">One sentence for people: what happened and what to do.</param>
internal sealed record SendOutcome(SendResult Result, string? Reply, string Detail);

/// <summary>A reply handed to a worker for one attempt.</summary>
/// <param name="Attempt">Says which attempt a result belongs to: a late one never overwrites a newer attempt.</param>
internal sealed record Departure(long Id, long MessageId, long MailboxId, int Attempt, string InternetMessageId, string Recipient, byte[] Raw)
{
    /// <summary>The message's trace; null when there is none.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>Why a reply that was to leave does not.</summary>
/// <param name="Kind">The decision that the message gets instead, so that a person sees it.</param>
internal sealed record Recall(string Reason, Contracts.DecisionKind Kind);
