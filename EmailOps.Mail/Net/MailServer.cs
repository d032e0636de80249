namespace EmailOps.Mail.Net;

/// <summary>How a connection becomes private.</summary>
public enum TransportSecurity
{
    /// <summary>TLS from the first byte: 993 for IMAP, 465 for SMTP (RFC 8314, section 3).</summary>
    ImplicitTls,

    /// <summary>Plain text until STARTTLS, which must succeed: 143, 587 (RFC 2595, RFC 3207). A server that does not offer it is an error, never a fallback.</summary>
    StartTls,

    /// <summary>Never private. Credentials are sent only to this machine, or where <see cref="MailServer.AllowPlainTextCredentials"/> says so.</summary>
    None,
}

/// <summary>Where a mail server is and what makes it trusted.</summary>
public sealed record MailServer(string Host, int Port, TransportSecurity Security = TransportSecurity.ImplicitTls)
{
    /// <summary>What is trusted beside the machine's own root certificates.</summary>
    public ServerTrust Trust { get; init; } = ServerTrust.System;

    /// <summary>Lets passwords and tokens cross a network in plain text. For a server behind a private tunnel; nothing else excuses it.</summary>
    public bool AllowPlainTextCredentials { get; init; }

    public override string ToString() => $"{Host}:{Port}";
}
