namespace EmailOps.Mail.Replies;

/// <summary>What a mail's text is made of: the words that are new, and everything around them. Nothing is thrown away: what is not new stands in another part.</summary>
public sealed record Reply
{
    /// <summary>The sender's own new words. With answers written between quoted lines the quotes stay, marked with <c>&gt;</c>, so that each answer can be read.</summary>
    public required string NewText { get; init; }

    /// <summary>Earlier mail, as it stands in the text, with its attribution lines; empty when there is none.</summary>
    public string QuotedText { get; init; } = "";

    /// <summary>Signature, "sent from" line and disclaimers below the new words; empty when there is none.</summary>
    public string Signature { get; init; } = "";

    /// <summary>The mail passed on or kept below with a header block, or null.</summary>
    public ForwardedMail? Forwarded { get; init; }

    /// <summary>Answers written below quoted lines, in order, each with the lines it answers.</summary>
    public IReadOnlyList<InlineAnswer> InlineAnswers { get; init; } = [];

    /// <summary>True when text was kept, or moved out of <see cref="NewText"/>, on thin evidence: show the whole mail to whoever decides.</summary>
    public bool IsDoubtful { get; init; }
}

/// <summary>One answer between quoted lines.</summary>
/// <param name="Question">The quoted lines above it, without quote marks.</param>
/// <param name="Answer">The sender's words.</param>
public sealed record InlineAnswer(string Question, string Answer);

/// <summary>A mail inside a mail's text, introduced by a header block. Values are as written, in the language of the sender's client.</summary>
public sealed record ForwardedMail
{
    /// <summary>True when a separator says "forwarded"; false for "original message", which clients write above replies too.</summary>
    public bool SaysForwarded { get; init; }

    /// <summary>True when a separator says "original message".</summary>
    public bool SaysOriginal { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Subject { get; init; }

    public string? Date { get; init; }

    /// <summary>What follows the header block.</summary>
    public string Text { get; init; } = "";
}
