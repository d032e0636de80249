using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>What is known about a provider of mailboxes: where its servers are, and what its users must do before they let a program in.</summary>
/// <param name="Domains">Of addresses.</param>
/// <param name="Hosts">Ends of host names.</param>
/// <param name="SavesSent">Puts what is sent by SMTP into the Sent folder by itself.</param>
/// <param name="SignIn">What to do when the password is refused.</param>
internal sealed record MailProvider(string Name, string[] Domains, string[] Hosts, MailServerSettings Imap, MailServerSettings Smtp, bool SavesSent, string? SignIn)
{
    private const string AppPassword = "takes no account password from programs. Make an app password";

    private static readonly MailProvider[] All =
    [
        New("Gmail", ["gmail.com", "googlemail.com"], ["gmail.com", "googlemail.com", "google.com"], "imap.gmail.com", "smtp.gmail.com", 465,
            $"Google {AppPassword}: switch on 2-Step Verification, then myaccount.google.com/apppasswords. In Google Workspace an administrator may have to allow it.", savesSent: true),
        New("Microsoft 365", ["outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.de", "hotmail.co.uk", "hotmail.fr"], ["office365.com", "outlook.com"], "outlook.office365.com", "smtp.office365.com", 587,
            "Microsoft has switched off passwords for IMAP (basic authentication), so no password works here. Sign in with OAuth 2.0: choose it under Authentication and store an access token, or connect by Microsoft Graph.", authentication: MailAuthentication.OAuth2),
        New("Yahoo", ["yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "yahoo.it", "yahoo.es", "ymail.com", "rocketmail.com"], ["yahoo.com"], "imap.mail.yahoo.com", "smtp.mail.yahoo.com", 465, $"Yahoo {AppPassword}: Account security, Generate app password."),
        New("AOL", ["aol.com"], ["aol.com"], "imap.aol.com", "smtp.aol.com", 465, $"AOL {AppPassword}: Account security, Generate app password."),
        New("iCloud", ["icloud.com", "me.com", "mac.com"], ["mail.me.com", "icloud.com"], "imap.mail.me.com", "smtp.mail.me.com", 587, "Apple takes no account password from programs. Make an app-specific password: account.apple.com, Sign-In and Security."),
        New("Fastmail", ["fastmail.com", "fastmail.fm"], ["fastmail.com"], "imap.fastmail.com", "smtp.fastmail.com", 465, $"Fastmail {AppPassword}: Settings, Privacy & Security, App passwords."),
        New("GMX", ["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], ["gmx.net"], "imap.gmx.net", "mail.gmx.net", 465, "Switch IMAP on in GMX first: E-Mail, settings, POP3/IMAP. With two-factor authentication an app password is needed."),
        New("GMX", ["gmx.com", "gmx.us", "gmx.co.uk"], ["gmx.com"], "imap.gmx.com", "mail.gmx.com", 465, "Switch IMAP on in GMX first: E-mail, Settings, POP3 & IMAP."),
        New("WEB.DE", ["web.de"], ["web.de"], "imap.web.de", "smtp.web.de", 465, "Switch IMAP on in WEB.DE first: E-Mail, settings, POP3/IMAP. With two-factor authentication an app password is needed."),
        New("Telekom", ["t-online.de", "magenta.de"], ["t-online.de"], "secureimap.t-online.de", "securesmtp.t-online.de", 465, "Telekom wants a password of its own for mail programs: set it in the customer centre (Passwort für E-Mail-Programme)."),
        New("mailbox.org", ["mailbox.org"], ["mailbox.org"], "imap.mailbox.org", "smtp.mailbox.org", 465, null),
        New("Posteo", ["posteo.de", "posteo.net", "posteo.org"], ["posteo.de"], "posteo.de", "posteo.de", 465, null),
        New("Zoho", ["zohomail.com", "zoho.com"], ["zoho.com"], "imap.zoho.com", "smtp.zoho.com", 465, "Switch IMAP on in Zoho Mail (Settings, Mail accounts, IMAP), and use an app-specific password when two-factor authentication is on.", savesSent: true),
        New("Zoho", ["zohomail.eu"], ["zoho.eu"], "imap.zoho.eu", "smtp.zoho.eu", 465, "Switch IMAP on in Zoho Mail (Settings, Mail accounts, IMAP), and use an app-specific password when two-factor authentication is on.", savesSent: true),
        New("Yandex", ["yandex.com", "yandex.ru", "ya.ru"], ["yandex.com", "yandex.ru"], "imap.yandex.com", "smtp.yandex.com", 465, $"Yandex {AppPassword} for mail, and allow IMAP in Settings, Email clients."),
    ];

    public static MailProvider? OfAddress(string address)
    {
        var domain = MailboxAddress.Domain(address.Trim().ToLowerInvariant());
        return All.FirstOrDefault(p => p.Domains.Contains(domain));
    }

    public static MailProvider? OfHost(string host)
        => All.FirstOrDefault(p => p.Hosts.Any(h => host.Equals(h, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + h, StringComparison.OrdinalIgnoreCase)));

    private static MailProvider New(string name, string[] domains, string[] hosts, string imap, string smtp, int smtpPort, string? signIn, bool savesSent = false, MailAuthentication authentication = MailAuthentication.Password)
        => new(name, domains, hosts, new MailServerSettings(imap, WellKnownPorts.Imaps, MailSecurity.Tls, authentication), new MailServerSettings(smtp, smtpPort, WellKnownPorts.SmtpSecurity(smtpPort), authentication), savesSent, signIn);
}
