using EmailOps.Core.Mailboxes;

namespace EmailOps.Core.Data;

/// <summary>Opens a mailbox's secrets for those who sign in: intake, delivery, the connection test.</summary>
internal sealed class MailboxAccess(MailboxStore mailboxes, SecretBox box)
{
    /// <returns>Null when there is no such mailbox.</returns>
    /// <exception cref="SecretsKeyException">A stored secret cannot be opened; the message says what to do and may be shown.</exception>
    public async Task<OpenedMailbox?> OpenAsync(long id, CancellationToken cancel)
    {
        if (await mailboxes.FindAsync(id, cancel) is not { } setup) return null;
        return new OpenedMailbox(setup, await SecretAsync(id, "imap", cancel), await SecretAsync(id, "smtp", cancel));
    }

    private async Task<string?> SecretAsync(long id, string service, CancellationToken cancel)
    {
        var name = MailboxStore.SecretName(id, service);
        return await mailboxes.SecretAsync(name, cancel) is { } kept ? box.Open(name, kept) : null;
    }
}
