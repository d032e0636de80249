using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>How long an <see cref="SmtpClient"/> waits and how much it takes. The times are those of RFC 5321, section 4.5.3.2, for a whole answer each.</summary>
public sealed record SmtpOptions
{
    public static readonly SmtpOptions Default = new();

    /// <summary>What the client calls itself (RFC 5321, section 4.1.1.1): a host name, or null for the address it connects from, as <c>[192.0.2.1]</c>.</summary>
    public string? ClientName { get; init; }

    /// <summary>
    /// Goes over to TLS when a server with <see cref="TransportSecurity.None"/> offers it. The certificate must be trusted all the same; who is on the way can
    /// take the offer out, so this is no protection, only better than nothing.
    /// </summary>
    public bool StartTlsWhenOffered { get; init; }

    /// <summary>The server's first words.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>EHLO, STARTTLS, AUTH, MAIL, RSET, NOOP.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Each RCPT.</summary>
    public TimeSpan Recipient { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>DATA.</summary>
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Each piece of the mail to leave.</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The answer to the whole mail. Short waits make doubles: a server that was only slow has taken the mail.</summary>
    public TimeSpan FinalAnswer { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much longer that answer is waited for after the caller cancelled: a moment more makes an unknown outcome a known one.</summary>
    public TimeSpan FinalAnswerAfterCancel { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>QUIT, a mere courtesy.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest line of an answer in bytes; RFC 5321 says 512. Guards memory.</summary>
    public int MaxReplyLine { get; init; } = 16 * 1024;

    /// <summary>Lines of one answer. Guards time and memory.</summary>
    public int MaxReplyLines { get; init; } = 200;

    /// <summary>Recipients of one mail.</summary>
    public int MaxRecipients { get; init; } = 1000;

    internal ConnectionLimits Limits => ConnectionLimits.Default with { Read = Command, Write = DataBlock, MaxLine = MaxReplyLine, ReadBuffer = 16 * 1024 };
}
