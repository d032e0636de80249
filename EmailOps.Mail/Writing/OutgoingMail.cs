namespace EmailOps.Mail.Writing;

/// <summary>
/// A mail to be written by <see cref="MailWriter"/>. Everything that ends up in its bytes stands here, so that the same mail always gives the same bytes.
/// There is no Bcc: hidden recipients belong to the envelope only.
/// </summary>
public sealed record OutgoingMail
{
    /// <summary>
    /// Marks a mail that no person sent, so that well-behaved robots do not answer it: Auto-Submitted (RFC 3834, section 5) and Microsoft's
    /// X-Auto-Response-Suppress. For <see cref="Headers"/>.
    /// </summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> AutomaticReplyHeaders =
        [new("Auto-Submitted", "auto-replied"), new("X-Auto-Response-Suppress", "All")];

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Address> From { get; init; }

    /// <summary>Who sends for <see cref="From"/>; needed where From names several (RFC 5322, section 3.6.2).</summary>
    public Address? Sender { get; init; }

    public IReadOnlyList<Address> To { get; init; } = [];

    public IReadOnlyList<Address> Cc { get; init; } = [];

    public IReadOnlyList<Address> ReplyTo { get; init; } = [];

    /// <summary>Any text; line ends and other control characters become spaces.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Written with its own offset, to the second.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Without angle brackets, <c>left@right</c>, ASCII.</summary>
    public required string MessageId { get; init; }

    /// <summary>The mail that is answered, without angle brackets; left out where it cannot be written (see <see cref="ReferenceChain"/>).</summary>
    public string? InReplyTo { get; init; }

    /// <summary>The thread, oldest first and the answered mail last (<see cref="ReferenceChain.After"/>). Long lists keep the first and the last ones.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>More fields, in order: an ASCII name and any text. Fields that the writer itself writes are refused.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body for people who read text; null only where there is <see cref="Html"/>. Any line ends; one is added at the end where it is missing.</summary>
    public string? Text { get; init; }

    /// <summary>The same words as HTML, or null.</summary>
    public string? Html { get; init; }

    public IReadOnlyList<OutgoingFile> Files { get; init; } = [];

    /// <summary>
    /// An address of the header has a local part that is not ASCII: only servers with SMTPUTF8 take the mail (RFC 6531). Domains do not count, they are
    /// written in their ASCII form.
    /// </summary>
    public bool NeedsSmtpUtf8 => new[] { From, To, Cc, ReplyTo, Sender is { } sender ? [sender] : [] }.Any(list => list.Any(address => AddrSpec.NeedsSmtpUtf8(address.Addr)));
}
