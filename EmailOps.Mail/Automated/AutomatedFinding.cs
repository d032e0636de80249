namespace EmailOps.Mail.Automated;

/// <summary>What <see cref="AutomatedMail"/> found.</summary>
public sealed record AutomatedFinding
{
    public required AutomatedKind Kind { get; init; }

    /// <summary>Enhanced status code of the first failed recipient (RFC 3463), for example <c>5.1.1</c>; null when the report tells none.</summary>
    public string? Status { get; init; }

    /// <summary>For a bounce: true when trying again is useless (no such user or host, moved, takes no mail), false when the cause may pass, null when unknown.</summary>
    public bool? IsHard { get; init; }

    /// <summary>For a bounce: the message did not arrive yet and a server goes on trying (Action: delayed).</summary>
    public bool IsDelayed { get; init; }

    /// <summary>For a bounce: what the refusing server said, as the report quotes it; null when it does not. Hostile input.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Every address that a bounce or complaint names as a recipient, at most 50: final, original, and those in its text. Hostile input.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>The address that the message did not (or did) reach; null when it is not told.</summary>
    public string? Recipient { get; init; }

    /// <summary>Message-ID, without angle brackets, of the message this one reports on or answers; null when it is not told.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>One sentence for the operator: by what it was recognised.</summary>
    public required string Reason { get; init; }
}
