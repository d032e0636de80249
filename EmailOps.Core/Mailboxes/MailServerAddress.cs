using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes;

/// <summary>From a mailbox's settings to what the mail clients take.</summary>
internal static class MailServerAddress
{
    public static MailServer Server(this MailServerSettings settings) => new(settings.Host, settings.Port, settings.Security switch
    {
        MailSecurity.Tls => TransportSecurity.ImplicitTls,
        MailSecurity.StartTls => TransportSecurity.StartTls,
        _ => TransportSecurity.None,
    })
    {
        Trust = string.IsNullOrWhiteSpace(settings.CertificateSha256) ? ServerTrust.System : new ServerTrust { PinnedSha256 = settings.CertificateSha256 },
        // Whoever chose no protection has said that the network is theirs.
        AllowPlainTextCredentials = settings.Security == MailSecurity.None,
    };

    /// <summary>What to sign in to the IMAP server with; null when no password or token is stored.</summary>
    public static MailCredentials? ImapCredentials(this OpenedMailbox mailbox)
        => mailbox.Settings.Imap is { } server && mailbox.ImapSecret is { Length: > 0 } secret ? Credentials(mailbox.UserOf(server), server, secret) : null;

    private static MailCredentials Credentials(string user, MailServerSettings server, string secret)
        => server.Authentication == MailAuthentication.OAuth2 ? MailCredentials.ForToken(user, secret) : MailCredentials.ForPassword(user, secret);
}
