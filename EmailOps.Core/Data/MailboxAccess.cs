using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Data;

/// <summary>Opens a mailbox's secrets for those who sign in: intake, delivery, the connection test.</summary>
internal sealed class MailboxAccess(MailboxStore mailboxes, SecretBox box, GrantStore grants, MailboxTokens tokens)
{
    /// <returns>Null when there is no such mailbox.</returns>
    /// <exception cref="SecretsKeyException">A stored secret cannot be opened; the message says what to do and may be shown.</exception>
    public async Task<OpenedMailbox?> OpenAsync(long id, CancellationToken cancel)
    {
        if (await mailboxes.FindAsync(id, cancel) is not { } setup) return null;
        var (imap, smtp) = (await SecretAsync(id, "imap", cancel), await SecretAsync(id, "smtp", cancel));
        // Servers that take the provider's access token get a fresh one, where somebody has signed in; else what was typed.
        if ((setup.Settings.Imap?.Authentication == MailAuthentication.OAuth2 || setup.Settings.Smtp?.Authentication == MailAuthentication.OAuth2) && await grants.FindAsync(id, cancel) is { } grant)
        {
            var token = await TokenAsync(new OpenedMailbox(setup, imap, smtp), grant, cancel);
            if (setup.Settings.Imap?.Authentication == MailAuthentication.OAuth2) imap = token;
            if (setup.Settings.Smtp?.Authentication == MailAuthentication.OAuth2) smtp = token;
        }
        return new OpenedMailbox(setup, imap, smtp);
    }

    private async Task<string> TokenAsync(OpenedMailbox mailbox, Grant grant, CancellationToken cancel)
    {
        try
        {
            return await tokens.GetAsync(mailbox, grant.Provider, null, cancel);
        }
        catch (RemoteException none)
        {
            throw new SecretsKeyException(none.Message, none);
        }
    }

    private async Task<string?> SecretAsync(long id, string service, CancellationToken cancel)
    {
        var name = MailboxStore.SecretName(id, service);
        return await mailboxes.SecretAsync(name, cancel) is { } kept ? box.Open(name, kept) : null;
    }
}
