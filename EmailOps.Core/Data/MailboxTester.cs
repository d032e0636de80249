using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Connecting;

namespace EmailOps.Core.Data;

/// <summary>Runs a connection test on what somebody typed, with stored secrets where nothing was typed. For the Api and the command line.</summary>
internal sealed class MailboxTester(MailboxAccess access, ConnectionTest test)
{
    /// <returns>Null when the mailbox whose secrets are to be used does not exist.</returns>
    /// <exception cref="SecretsKeyException">A stored secret is needed and cannot be opened.</exception>
    public async Task<ConnectionReport?> RunAsync(TestMailbox asked, CancellationToken cancel)
    {
        var (imap, smtp) = (asked.ImapSecret, asked.SmtpSecret);
        if (asked.MailboxId is { } id)
        {
            if (await access.OpenAsync(id, cancel) is not { } stored) return null;
            if (MailboxSecrets.SameHost(stored.Settings.Imap, asked.Settings.Imap)) imap ??= stored.ImapSecret;
            // What is typed once counts for both servers, as it does when it is saved.
            if (asked.ImapSecret is null && MailboxSecrets.SameHost(stored.Settings.Smtp, asked.Settings.Smtp)) smtp ??= stored.SmtpSecret;
        }
        var setup = new MailboxSetup(asked.MailboxId ?? 0, MailboxAddress.Normal(asked.Address), asked.Address, asked.Settings, imap is not null, smtp is not null, true, 0, []);
        return await test.RunAsync(new OpenedMailbox(setup, imap, smtp ?? asked.ImapSecret ?? ""), cancel);
    }
}
