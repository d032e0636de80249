using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>The one mailbox that the environment may set up; bound to the section <c>Mailbox</c>.</summary>
internal sealed class MailboxOptions
{
    public const string Section = "Mailbox";

    public MailboxServerOptions Imap { get; set; } = new();
    public MailboxServerOptions Smtp { get; set; } = new();
    /// <summary>Sign-in name, and the mailbox's address unless <see cref="Address"/> says otherwise (EMAIL_USERNAME).</summary>
    public string? Username { get; set; }
    /// <summary>EMAIL_PASSWORD.</summary>
    public string? Password { get; set; }
    /// <summary>Where the sign-in name is no address (EMAIL_ADDRESS).</summary>
    public string? Address { get; set; }

    /// <summary>Something is set, so all must be.</summary>
    public bool IsGiven => !string.IsNullOrEmpty(Imap.Host) || !string.IsNullOrEmpty(Smtp.Host) || !string.IsNullOrEmpty(Username) || !string.IsNullOrEmpty(Password)
        || !string.IsNullOrEmpty(Address) || Imap.IsGiven || Smtp.IsGiven;

    public string MailboxAddress => Mailboxes.MailboxAddress.Normal(string.IsNullOrEmpty(Address) ? Username! : Address);

    /// <returns>Null, or which setting is missing or wrong.</returns>
    public string? Problem()
    {
        if (!IsGiven) return null;
        var missing = new[] { (EnvironmentMailbox.ImapHost, Imap.Host), (EnvironmentMailbox.SmtpHost, Smtp.Host), (EnvironmentMailbox.User, Username), (EnvironmentMailbox.Password, Password) }
            .Where(pair => string.IsNullOrWhiteSpace(pair.Item2)).Select(pair => pair.Item1).ToList();
        if (missing.Count > 0)
            return $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} not set, but other EMAIL_ settings are. Set all of EMAIL_IMAP_HOST, EMAIL_SMTP_HOST, EMAIL_USERNAME and EMAIL_PASSWORD, or none and use the console (Mailboxes).";
        if (Mailboxes.MailboxAddress.Problem(MailboxAddress) is not null)
            return $"{(string.IsNullOrEmpty(Address) ? $"EMAIL_USERNAME is no mail address. Set {EnvironmentMailbox.Address} to the mailbox's address" : $"{EnvironmentMailbox.Address} is no mail address. Write it as support@example.com")}.";
        return EnvironmentMailbox.Merged(this, null).Problem() is { } problem ? $"The EMAIL_ settings cannot be used: {problem}" : null;
    }
}

internal sealed class MailboxServerOptions
{
    public string? Host { get; set; }
    /// <summary>0: the usual one, 993 for IMAP and 587 for SMTP.</summary>
    public int Port { get; set; }
    /// <summary>Null: what belongs to the port.</summary>
    public MailSecurity? Security { get; set; }

    public bool IsGiven => Port != 0 || Security is not null;
}
