using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>The one mailbox that the environment sets up. Its fields win over what people type; the others stay theirs.</summary>
internal static class EnvironmentMailbox
{
    public const string ImapHost = "EMAIL_IMAP_HOST", ImapPort = "EMAIL_IMAP_PORT", SmtpHost = "EMAIL_SMTP_HOST", SmtpPort = "EMAIL_SMTP_PORT", User = "EMAIL_USERNAME", Password = "EMAIL_PASSWORD";

    /// <returns>A sentence when the environment's fields would be changed; null when not.</returns>
    public static string? Overruled(MailboxSetup before, SaveMailbox after)
    {
        var (was, now) = (before.Settings, after.Settings);
        return before.FromEnvironment.FirstOrDefault(name => name switch
        {
            ImapHost => was.Imap?.Host != now.Imap?.Host,
            ImapPort => was.Imap?.Port != now.Imap?.Port,
            SmtpHost => was.Smtp?.Host != now.Smtp?.Host,
            SmtpPort => was.Smtp?.Port != now.Smtp?.Port,
            User => before.Address != MailboxAddress.Normal(after.Address) || was.Imap?.User != now.Imap?.User || was.Smtp?.User != now.Smtp?.User,
            Password => after.ImapSecret is not null || after.SmtpSecret is not null,
            _ => false,
        }) is { } name ? $"{name} sets this in the environment. Change it there and restart the worker; everything else can be changed here." : null;
    }
}
