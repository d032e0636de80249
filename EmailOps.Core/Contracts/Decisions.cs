namespace EmailOps.Core.Contracts;

/// <summary>What policy ordered for a message. There are six and no more.</summary>
public enum DecisionKind
{
    /// <summary>Answer without a person, within the limits of the mailbox.</summary>
    SendReply,
    /// <summary>Offer the draft to an operator as ready to send.</summary>
    Suggest,
    /// <summary>A person must look before anything is answered.</summary>
    HoldForReview,
    /// <summary>A person is needed by a certain time.</summary>
    Escalate,
    /// <summary>Nothing to answer: automated mail, kept and searchable.</summary>
    File,
    /// <summary>Hostile mail: kept apart, never answered.</summary>
    Quarantine,
}

/// <summary>Where a draft stands. Only <see cref="Proposed"/> drafts can be approved, edited or rejected.</summary>
public enum DraftState
{
    Proposed,
    Approved,
    Rejected,
    /// <summary>A newer draft or message made this one obsolete.</summary>
    Superseded,
}

/// <summary>Where a reply stands between approval and the correspondent.</summary>
public enum OutboundState
{
    /// <summary>The mailbox has no transport: this is what would have been sent.</summary>
    Withheld,
    /// <summary>An automatic answer in its visible waiting time; it cancels itself when something happens in the thread.</summary>
    Held,
    Queued,
    /// <summary>Committed before the server is called; found after a crash it becomes <see cref="Unknown"/>.</summary>
    Sending,
    Sent,
    Failed,
    /// <summary>The server may or may not have it: looked up, or shown to a person.</summary>
    Unknown,
    /// <summary>Taken back before it was sent.</summary>
    Cancelled,
    /// <summary>Sent, and a server on the way reported that it did not arrive.</summary>
    Bounced,
}

/// <summary>What intake did with one raw mail. Nothing is dropped without one of these and a reason.</summary>
public enum IntakeOutcome
{
    Stored,
    /// <summary>The same message again (same content and same Message-ID); the raw bytes are kept all the same.</summary>
    Duplicate,
    /// <summary>Stored, but not as mail: kept raw with what is wrong, and can be retried.</summary>
    Unparsable,
    /// <summary>Could not be read or is over the limit; its head and origin are kept.</summary>
    Refused,
}

/// <summary>What the receiving server found out about the sender (SPF, DKIM, DMARC; RFC 8601).</summary>
public enum SenderTrust
{
    /// <summary>No authentication server is configured for the mailbox, or the mail was imported: nothing is known and nothing is limited.</summary>
    Unchecked,
    /// <summary>DMARC passed, or an aligned SPF or DKIM did.</summary>
    Verified,
    /// <summary>Checked, but nothing says that the sender is who the mail claims.</summary>
    Unverified,
    /// <summary>The check failed: the sender is probably forged.</summary>
    Failed,
}
