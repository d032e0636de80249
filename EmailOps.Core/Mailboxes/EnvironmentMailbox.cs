using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>The one mailbox that the environment sets up. Its fields win over what people type; the others stay theirs.</summary>
internal static class EnvironmentMailbox
{
    public const string ImapHost = "EMAIL_IMAP_HOST", ImapPort = "EMAIL_IMAP_PORT", ImapSecurity = "EMAIL_IMAP_SECURITY", SmtpHost = "EMAIL_SMTP_HOST", SmtpPort = "EMAIL_SMTP_PORT",
        SmtpSecurity = "EMAIL_SMTP_SECURITY", User = "EMAIL_USERNAME", Password = "EMAIL_PASSWORD", Address = "EMAIL_ADDRESS";

    /// <summary>The settings that the mailbox follows. Hosts and ports always, so that what is shown as the environment's is what it decides.</summary>
    public static IReadOnlyList<string> Names(MailboxOptions options) =>
    [
        ImapHost, ImapPort, SmtpHost, SmtpPort, User, Password,
        .. options.Imap.Security is null ? [] : (string[])[ImapSecurity],
        .. options.Smtp.Security is null ? [] : (string[])[SmtpSecurity],
        .. string.IsNullOrEmpty(options.Address) ? [] : (string[])[Address],
    ];

    /// <summary>What people set, with the environment's fields over it.</summary>
    /// <param name="before">Null: there is no such mailbox yet.</param>
    public static SaveMailbox Merged(MailboxOptions options, MailboxSetup? before)
    {
        var settings = before?.Settings ?? new MailboxSettings();
        var user = options.MailboxAddress == options.Username?.Trim().ToLowerInvariant() ? null : options.Username!.Trim();
        return new SaveMailbox(options.MailboxAddress, before?.Name ?? "", settings with
        {
            Imap = Server(options.Imap, settings.Imap, options.Imap.Port == 0 ? WellKnownPorts.Imaps : options.Imap.Port, user, WellKnownPorts.ImapSecurity),
            Smtp = Server(options.Smtp, settings.Smtp, options.Smtp.Port == 0 ? WellKnownPorts.Submission : options.Smtp.Port, user, WellKnownPorts.SmtpSecurity),
        }, options.Password, before is { HasSmtpSecret: true } ? "" : null, before?.IsEnabled ?? true);
    }

    /// <returns>A sentence when the environment's fields would be changed; null when not.</returns>
    public static string? Overruled(MailboxSetup before, SaveMailbox after)
    {
        var (was, now) = (before.Settings, after.Settings);
        return before.FromEnvironment.FirstOrDefault(name => name switch
        {
            ImapHost => was.Imap?.Host != now.Imap?.Host,
            ImapPort => was.Imap?.Port != now.Imap?.Port,
            ImapSecurity => was.Imap?.Security != now.Imap?.Security,
            SmtpHost => was.Smtp?.Host != now.Smtp?.Host,
            SmtpPort => was.Smtp?.Port != now.Smtp?.Port,
            SmtpSecurity => was.Smtp?.Security != now.Smtp?.Security,
            User => before.Address != MailboxAddress.Normal(after.Address) || was.Imap?.User != now.Imap?.User || was.Smtp?.User != now.Smtp?.User,
            Password => after.ImapSecret is not null || after.SmtpSecret is not null,
            _ => false,
        }) is { } name ? $"{name} sets this in the environment. Change it there and restart the worker; everything else can be changed here." : null;
    }

    // A pin, or a protection somebody chose, belongs to the server it was chosen for.
    private static MailServerSettings Server(MailboxServerOptions options, MailServerSettings? before, int port, string? user, Func<int, MailSecurity> usual)
    {
        var host = options.Host!.Trim();
        var same = before is not null && before.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && before.Port == port ? before : null;
        return new MailServerSettings(host, port, options.Security ?? same?.Security ?? usual(port), same?.Authentication ?? MailAuthentication.Password, user, same?.CertificateSha256);
    }
}
