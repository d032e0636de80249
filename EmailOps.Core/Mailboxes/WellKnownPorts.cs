using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>Which protection a port stands for (RFC 8314, 3).</summary>
internal static class WellKnownPorts
{
    public const int Imap = 143, Imaps = 993, Smtp = 25, Submission = 587, Submissions = 465;

    public static MailSecurity ImapSecurity(int port) => port == Imap ? MailSecurity.StartTls : MailSecurity.Tls;

    public static MailSecurity SmtpSecurity(int port) => port == Submissions ? MailSecurity.Tls : MailSecurity.StartTls;
}
