using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>What became of a mail, as certain as it can be known.</summary>
public enum SmtpOutcome
{
    /// <summary>Nobody has it: the connection failed, or the caller cancelled, before the end of the mail was sent. Another connection may be tried.</summary>
    NotSent,

    /// <summary>The server has taken it over for every recipient that was accepted.</summary>
    Accepted,

    /// <summary>Nobody has it: the server said so, or what it announced rules it out. See <see cref="SmtpResult.IsPermanent"/>.</summary>
    Refused,

    /// <summary>
    /// The end of the mail was sent, or begun, and no complete answer came: the server may have taken it (RFC 5321, section 4.5.4.1; RFC 1047). Sending it again
    /// may double it.
    /// </summary>
    Unknown,
}

/// <summary>The step that was under way when the outcome was decided.</summary>
public enum SmtpStage
{
    /// <summary>Before anything of the mail was said.</summary>
    Start,
    Sender,
    Recipients,
    Data,
    Content,

    /// <summary>From the first byte of the final dot on.</summary>
    End,
}

public enum RecipientState
{
    NotTried,

    /// <summary>Gets the mail where the outcome is <see cref="SmtpOutcome.Accepted"/>.</summary>
    Accepted,

    /// <summary>4xx: the same may work later.</summary>
    Deferred,

    /// <summary>5xx.</summary>
    Refused,
}

/// <summary>A recipient, as written in the envelope, and what the server said to it.</summary>
public sealed record SmtpRecipient(string Address, RecipientState State, SmtpReply? Reply = null);

/// <summary>How far sending a mail came.</summary>
/// <param name="Recipients">In the order of the envelope.</param>
public sealed record SmtpResult(SmtpOutcome Outcome, SmtpStage Stage, IReadOnlyList<SmtpRecipient> Recipients)
{
    /// <summary>The answer that decided: to the mail, or the one that ended it; null where none came.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>What broke; null where an answer decided.</summary>
    public MailConnectionException? Failure { get; init; }

    /// <summary>The same mail will be refused again.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>Enhanced status code (RFC 3463): the server's, or ours where we know without asking (5.3.4 too large, 5.6.7 needs SMTPUTF8, 5.6.3 needs 8BITMIME).</summary>
    public string? Status { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Explanation { get; init; }
}
