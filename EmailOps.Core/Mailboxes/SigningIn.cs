using EmailOps.Core.Contracts;
using EmailOps.Mail.Net;

namespace EmailOps.Core.Mailboxes;

/// <summary>A mailbox's settings in the words of the mail library.</summary>
internal static class SigningIn
{
    public static MailServer Server(this MailServerSettings settings) => new(settings.Host, settings.Port, settings.Security switch
    {
        MailSecurity.Tls => TransportSecurity.ImplicitTls,
        MailSecurity.StartTls => TransportSecurity.StartTls,
        _ => TransportSecurity.None,
    })
    {
        Trust = string.IsNullOrEmpty(settings.CertificateSha256) ? ServerTrust.System : new ServerTrust { PinnedSha256 = settings.CertificateSha256 },
        // Whoever chose no protection was told what that means; the network between is then trusted.
        AllowPlainTextCredentials = settings.Security == MailSecurity.None,
    };

    /// <returns>Null where nobody signs in, or no secret is stored.</returns>
    public static MailCredentials? Credentials(this OpenedMailbox mailbox, MailServerSettings settings, string? secret) => (settings.Authentication, secret) switch
    {
        (MailAuthentication.None, _) or (_, null) => null,
        (MailAuthentication.OAuth2, _) => MailCredentials.ForToken(mailbox.UserOf(settings), secret),
        _ => MailCredentials.ForPassword(mailbox.UserOf(settings), secret),
    };
}
