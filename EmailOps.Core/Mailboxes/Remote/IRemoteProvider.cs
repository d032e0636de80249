using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Connecting;

namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>A provider whose API mailboxes are read by: Gmail, Microsoft 365.</summary>
internal interface IRemoteProvider
{
    MailboxProvider Provider { get; }

    /// <summary>Opens nothing yet: the first call signs in.</summary>
    /// <param name="token">A valid access token for this mailbox.</param>
    IRemoteMailbox Open(OpenedMailbox mailbox, TokenSource token, RemoteLimits limits);

    /// <summary>The steps of "test connection": nothing is stored, changed or sent.</summary>
    Task CheckAsync(OpenedMailbox mailbox, TokenSource token, StepList steps, CancellationToken cancel);
}

/// <summary>Gives an access token.</summary>
/// <param name="refused">One that the provider did not take any more, whatever its time said; null the first time.</param>
/// <exception cref="RemoteException">There is none to be had; says why and what to do.</exception>
internal delegate Task<string> TokenSource(string? refused, CancellationToken cancel);

/// <summary>Where tokens for a mailbox at a provider come from.</summary>
internal delegate TokenSource TokenSources(OpenedMailbox mailbox, MailboxProvider provider);

/// <param name="MaxMessageBytes">Of a larger mail only the beginning is handed out. Guards memory.</param>
/// <param name="Patience">Longest wait for one answer.</param>
internal sealed record RemoteLimits(long MaxMessageBytes, TimeSpan Patience)
{
    public static RemoteLimits Default { get; } = new(64L << 20, TimeSpan.FromSeconds(60));
}

/// <summary>The providers there are.</summary>
internal sealed class RemoteProviders(IEnumerable<IRemoteProvider> all)
{
    private readonly Dictionary<MailboxProvider, IRemoteProvider> _all = all.ToDictionary(p => p.Provider);

    /// <exception cref="RemoteException">This EmailOps cannot read that kind.</exception>
    public IRemoteProvider Of(MailboxProvider provider) => _all.GetValueOrDefault(provider)
        ?? throw new RemoteException(RemoteFailure.Refused, $"This EmailOps cannot read {provider} mailboxes. Choose another provider in the mailbox's settings.");
}
