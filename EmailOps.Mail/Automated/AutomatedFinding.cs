namespace EmailOps.Mail.Automated;

/// <summary>What <see cref="AutomatedMail"/> found.</summary>
public sealed record AutomatedFinding
{
    public required AutomatedKind Kind { get; init; }

    /// <summary>Enhanced status code of the first failed recipient (RFC 3463), for example <c>5.1.1</c>; null when the report tells none.</summary>
    public string? Status { get; init; }

    /// <summary>For a bounce: true when trying again is useless (no such user or host, moved, takes no mail), false when the cause may pass, null when unknown.</summary>
    public bool? IsHard { get; init; }

    /// <summary>The address that the message did not (or did) reach; null when it is not told.</summary>
    public string? Recipient { get; init; }

    /// <summary>Message-ID, without angle brackets, of the message this one reports on or answers; null when it is not told.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>One sentence for the operator: by what it was recognised.</summary>
    public required string Reason { get; init; }
}
