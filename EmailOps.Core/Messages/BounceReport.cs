namespace EmailOps.Core.Messages;

/// <summary>What a report about a reply of ours says.</summary>
internal enum BounceKind
{
    /// <summary>It did not arrive and nobody tries any more.</summary>
    Failed,
    /// <summary>It did not arrive yet; a server goes on trying.</summary>
    Delayed,
    /// <summary>It arrived, and the recipient called it unwanted (RFC 5965).</summary>
    Complaint,
}

/// <summary>
/// A report that came in about a reply we sent, proved by the signature of our Message-ID and, for failures, by the recipient. Intake stores it with
/// the message and queues <c>Stage.Bounce</c> in the same transaction, so that neither is lost; what follows from it is delivery's.
/// </summary>
/// <param name="MessageId">The message that reports; it stands in the thread of the reply.</param>
/// <param name="OutboundId">The reply reported on.</param>
/// <param name="IsHard">True: no use trying that address again. False: the cause may pass. Null: cannot be told.</param>
/// <param name="Status">RFC 3463, for example 5.1.1; null when it tells none.</param>
/// <param name="Recipient">As the report names it; for a complaint it may be ours.</param>
/// <param name="Diagnostic">What the refusing server said, at most 500 characters; null when the report does not quote it.</param>
internal sealed record BounceReport(long MessageId, long OutboundId, BounceKind Kind, bool? IsHard, string? Status, string Recipient, string? Diagnostic);
