using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Worker.Delivery;

/// <summary>
/// Which way a mailbox's replies leave: its own, or its fallback while its own provider's breaker is open. Decided before anything is handed over, and for
/// the whole attempt: a reply whose fate is not certain is never tried the other way.
/// </summary>
internal sealed class WayOut(MailboxAccess access, RemoteProviders providers, MailboxTokens tokens, RemoteFolderStore places, ProviderBreakers breakers, RemoteOptions options, TimeProvider clock)
{
    public async Task<IOutgoing> OpenAsync(long mailboxId, CancellationToken cancel)
    {
        OpenedMailbox? mailbox;
        try
        {
            mailbox = await access.OpenAsync(mailboxId, cancel);
        }
        catch (Exception locked) when (locked is SecretsKeyException or RemoteException)
        {
            return new Submission(null, locked.Message, clock);
        }
        if (mailbox is null) return new Submission(null, null, clock);
        var by = await WayAsync(mailbox.Settings, cancel);
        return by.IsRemote() ? new RemoteSubmission(Open(mailbox, by), by, places, clock) : new Submission(mailbox, null, clock);
    }

    /// <summary>A visit to look for what was sent, by an API.</summary>
    public IRemoteMailbox Open(OpenedMailbox mailbox, MailboxProvider by) => providers.Of(by).Open(mailbox, tokens.For(mailbox, by), RemoteLimits.Default);

    private async Task<MailboxProvider> WayAsync(MailboxSettings settings, CancellationToken cancel)
        => options.SendsBy(settings) is { } way && !(await breakers.ReadAsync(settings.Provider, cancel)).LetsThrough ? way : settings.Provider;

    /// <summary>All ways by which a reply may have left that can be looked at.</summary>
    public IReadOnlyList<MailboxProvider> Looked(MailboxSettings settings) => [.. ((MailboxProvider?[])[settings.Provider, options.ReadsBy(settings)]).OfType<MailboxProvider>().Where(w => w.IsRemote() || w == MailboxProvider.Imap && settings.Imap is not null).Distinct()];
}
