using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>A mailbox with its secrets in the clear, for those who sign in. Kept no longer than a connection takes; never printed, never serialised.</summary>
internal sealed class OpenedMailbox(MailboxSetup setup, string? imapSecret, string? smtpSecret)
{
    public long Id => setup.Id;
    public string Address => setup.Address;
    public string Name => setup.Name;
    public bool IsEnabled => setup.IsEnabled;
    public int Version => setup.Version;
    public MailboxSettings Settings => setup.Settings;
    /// <summary>Null: none is stored.</summary>
    public string? ImapSecret { get; } = imapSecret;
    /// <summary>That of IMAP where there is none of its own.</summary>
    public string? SmtpSecret { get; } = smtpSecret ?? imapSecret;

    /// <summary>The name to sign in with.</summary>
    public string UserOf(MailServerSettings server) => string.IsNullOrEmpty(server.User) ? Address : server.User;

    public override string ToString() => $"mailbox {Id}";
}
