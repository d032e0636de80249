using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Data;

/// <summary>
/// Access tokens for mailboxes: from the cache, else asked for with the mailbox's refresh token, or in the application's own name where the provider is set up
/// so. A consent that is over is said at once, and not asked about again for a while: only a person can mend it.
/// </summary>
internal sealed class MailboxTokens(GrantStore grants, OAuthClients clients, OAuthEndpoint endpoint, AccessTokens cache, SignInStore signIns, TimeProvider clock)
{
    /// <summary>A refused consent is asked about again after so long: some refusals were the provider's mistake.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromMinutes(10);

    public TokenSource For(OpenedMailbox mailbox, MailboxProvider provider) => (refused, cancel) => GetAsync(mailbox, provider, refused, cancel);

    /// <exception cref="RemoteException">There is none to be had; says why and what to do.</exception>
    public async Task<string> GetAsync(OpenedMailbox mailbox, MailboxProvider provider, string? refused, CancellationToken cancel)
    {
        var name = Name(mailbox.Id, provider);
        if (refused is not null) await cache.RefusedAsync(name, cancel);
        try
        {
            return await cache.GetAsync(name, c => AskAsync(mailbox.Id, mailbox.Address, provider, force: false, c), cancel);
        }
        catch (SecretsKeyException locked)
        {
            throw new RemoteException(RemoteFailure.SignedOut, locked.Message, locked);
        }
    }

    /// <summary>Asks the provider now, whatever is known.</summary>
    public async Task<AccessToken> RefreshAsync(long mailboxId, string address, MailboxProvider provider, CancellationToken cancel)
    {
        await cache.RefusedAsync(Name(mailboxId, provider), cancel);
        AccessToken? got = null;
        await cache.GetAsync(Name(mailboxId, provider), async c => got = await AskAsync(mailboxId, address, provider, force: true, c), cancel);
        return got ?? await AskAsync(mailboxId, address, provider, force: true, cancel);
    }

    /// <summary>A new consent: what is cached was for the old one.</summary>
    public Task ForgetAsync(long mailboxId, MailboxProvider provider, CancellationToken cancel) => cache.RefusedAsync(Name(mailboxId, provider), cancel);

    private async Task<AccessToken> AskAsync(long mailboxId, string address, MailboxProvider provider, bool force, CancellationToken cancel)
    {
        try
        {
            var token = await AskNowAsync(mailboxId, address, provider, force, cancel);
            await signIns.WorkedAsync(mailboxId, provider, token.ExpiresAt, cancel);
            return token;
        }
        catch (RemoteException none) when (none.Failure is RemoteFailure.SignedOut or RemoteFailure.Forbidden)
        {
            await signIns.FailedAsync(mailboxId, provider, none.Message, cancel);
            throw;
        }
    }

    private async Task<AccessToken> AskNowAsync(long mailboxId, string address, MailboxProvider provider, bool force, CancellationToken cancel)
    {
        var client = await clients.FindAsync(provider, cancel, address);
        var grant = await grants.FindAsync(mailboxId, cancel) is { } found && found.Provider == provider ? found : null;
        if (grant is null && client.AppScopes is not null) return await AppAsync(client, cancel);
        if (grant is null || await grants.RefreshTokenAsync(mailboxId, cancel) is not { } refresh)
            throw new RemoteException(RemoteFailure.SignedOut, $"Nobody has signed in at {provider} for {address} yet. {SignIn(provider, address, "Sign in")}");
        if (!force && grant.FailedAt is { } since && clock.GetUtcNow() - since < s_rest) throw new RemoteException(RemoteFailure.SignedOut, grant.Problem ?? SignIn(provider, address));
        try
        {
            var tokens = await endpoint.RefreshAsync(client, refresh, cancel);
            await grants.RefreshedAsync(mailboxId, tokens, cancel);
            return new AccessToken(tokens.AccessToken, clock.GetUtcNow() + tokens.ExpiresIn);
        }
        catch (OAuthRefusedException refused)
        {
            var problem = Explain(refused, provider, address);
            RemoteTelemetry.Refused(provider, refused.Code);
            if (refused.IsGrantOver) await grants.FailedAsync(mailboxId, problem, cancel);
            throw new RemoteException(refused.IsGrantOver ? RemoteFailure.SignedOut : RemoteFailure.Forbidden, problem, refused);
        }
    }

    private async Task<AccessToken> AppAsync(OAuthClient client, CancellationToken cancel)
    {
        try
        {
            var tokens = await endpoint.AppAsync(client, cancel);
            return new AccessToken(tokens.AccessToken, clock.GetUtcNow() + tokens.ExpiresIn);
        }
        catch (OAuthRefusedException refused)
        {
            RemoteTelemetry.Refused(client.Provider, refused.Code);
            throw new RemoteException(RemoteFailure.Forbidden, $"{client.Provider} does not accept this EmailOps as an application ({refused.Message}). Check the client id and secret; a secret may have run out.", refused);
        }
    }

    private static string Explain(OAuthRefusedException refused, MailboxProvider provider, string address) => refused.Code switch
    {
        _ when refused.IsGrantOver => $"{provider} no longer accepts the sign-in of {address} ({refused.Message}): it was revoked, ran out, or the password was changed. {SignIn(provider, address)}",
        "invalid_client" or "unauthorized_client" => $"{provider} does not accept this EmailOps as an application ({refused.Message}). Check the client id and secret: docs/providers/{(provider == MailboxProvider.Graph ? "microsoft365" : "gmail")}.md.",
        _ => $"{provider} gives no token for {address} ({refused.Message}). {SignIn(provider, address)}",
    };

    private static string SignIn(MailboxProvider provider, string address, string what = "Sign in again") => $"{what}: in the console under Mailboxes, or with: emailops provider login {provider.ToString().ToLowerInvariant()} {address}";

    private static string Name(long mailboxId, MailboxProvider provider) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{MailboxStore.SecretName(mailboxId, GrantStore.Service)}/{provider}");
}
