using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Signing in at a provider, from the address a person opens to the stored consent. What is under way lies in the database, so that the browser may come back to
/// another process; it is bound to who began it, used once and ends after ten minutes.
/// </summary>
internal sealed class OAuthSignIns(NpgsqlDataSource source, MailboxStore mailboxes, OAuthClients clients, OAuthEndpoint endpoint, GrantStore grants, MailboxTokens tokens, SecretBox box, TimeProvider clock)
{
    private const int LongestAddress = 2_000;

    /// <returns>A sentence when the provider must not send codes there; null when it may.</returns>
    public static string? RedirectProblem(string? redirect)
        => redirect is { Length: <= LongestAddress } && Uri.TryCreate(redirect, UriKind.Absolute, out var address) && address.Fragment.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
            ? null : "redirectUri must be an address that begins with https://, or with http:// on this machine (WEB_PUBLIC_URL says what the console's is).";

    /// <exception cref="RemoteException">There is no registration at the provider.</exception>
    public async Task<Uri> BeginAsync(MailboxSetup mailbox, MailboxProvider provider, string redirect, string actor, CancellationToken cancel)
    {
        var consent = OAuthConsent.Begin(await clients.FindAsync(provider, cancel), redirect, mailbox.Address);
        var hash = OAuthConsent.Hash(consent.State);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, "delete from oauth_request where until < $1", [clock.GetUtcNow()], cancel);
        await Sql.ExecuteAsync(connection, "insert into oauth_request (state_hash, mailbox_id, provider, sealed, redirect_uri, actor, until) values ($1, $2, $3, $4, $5, $6, $7)",
            [hash, mailbox.Id, provider.ToString(), box.Seal(Name(hash), consent.Verifier), redirect, actor, clock.GetUtcNow() + OAuthConsent.Longest], cancel);
        return consent.Address;
    }

    /// <summary>The browser is back.</summary>
    /// <exception cref="RemoteException">It did not work; says why and what to do.</exception>
    public async Task<Grant> CompleteAsync(CompleteSignIn back, string actor, CancellationToken cancel)
    {
        var hash = OAuthConsent.Hash(back.State);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var begun = (await Sql.QueryAsync(connection, "delete from oauth_request where state_hash = $1 and actor = $2 and until >= $3 returning mailbox_id, provider, sealed, redirect_uri", [hash, actor, clock.GetUtcNow()],
            r => (Mailbox: r.GetInt64(0), Provider: Enum.Parse<MailboxProvider>(r.GetString(1)), Sealed: r.GetFieldValue<byte[]>(2), Redirect: r.GetString(3)), cancel)).Cast<(long Mailbox, MailboxProvider Provider, byte[] Sealed, string Redirect)?>().SingleOrDefault()
            ?? throw new RemoteException(RemoteFailure.Refused, "This sign-in was not begun here, took longer than ten minutes, or was finished before. Begin again.");
        if (back.Code is null) throw new RemoteException(RemoteFailure.Refused, back.Error == "access_denied" ? "The consent was not given. Begin again, and allow what is asked for." : $"The provider did not let you in ({Connecting(back.Error)}). Begin again.");
        var mailbox = await mailboxes.FindAsync(begun.Mailbox, cancel) ?? throw new RemoteException(RemoteFailure.NotFound, "The mailbox is gone.");
        return await ExchangeAsync(mailbox, begun.Provider, back.Code, box.Open(Name(hash), begun.Sealed), begun.Redirect, actor, cancel);
    }

    /// <summary>A code with its verifier becomes a stored consent.</summary>
    public async Task<Grant> ExchangeAsync(MailboxSetup mailbox, MailboxProvider provider, string code, string verifier, string redirect, string actor, CancellationToken cancel)
    {
        try
        {
            var client = await clients.FindAsync(provider, cancel);
            return await KeepAsync(mailbox, provider, client, await endpoint.ExchangeAsync(client, code, verifier, redirect, cancel), actor, cancel);
        }
        catch (OAuthRefusedException refused)
        {
            throw new RemoteException(RemoteFailure.Refused, refused.Code == "invalid_client"
                ? $"{provider} does not accept this EmailOps as an application ({refused.Message}). Check the client id and secret: docs/providers/{(provider == MailboxProvider.Graph ? "microsoft365" : "gmail")}.md."
                : $"{provider} gave no token ({refused.Message}). Begin again.", refused);
        }
    }

    /// <summary>Tokens become a stored consent, if they are of this mailbox and last.</summary>
    public async Task<Grant> KeepAsync(MailboxSetup mailbox, MailboxProvider provider, OAuthClient client, TokenAnswer got, string actor, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(got.RefreshToken)) throw new RemoteException(RemoteFailure.Refused, $"{provider} gave no refresh token, so the sign-in would last for an hour only. Take this application's access back in the account's security settings, and begin again.");
        var account = await clients.Of(provider).AccountAsync(got.AccessToken, cancel);
        if (account is not null && !account.Equals(mailbox.Address, StringComparison.OrdinalIgnoreCase) && !mailbox.Settings.Aliases.Contains(account, StringComparer.OrdinalIgnoreCase))
            throw new RemoteException(RemoteFailure.Refused, $"You signed in as {account}, but this mailbox is {mailbox.Address}. Begin again and choose that account; if both are one mailbox, add {account} to its other addresses.");
        await grants.SaveAsync(mailbox.Id, provider, account ?? mailbox.Address, got.Scope ?? client.Scopes, got, actor, cancel);
        await tokens.ForgetAsync(mailbox.Id, provider, cancel);
        return (await grants.FindAsync(mailbox.Id, cancel))!;
    }

    private static string Connecting(string? error) => Mailboxes.Connecting.StepList.Printable(error is { Length: > 0 and <= 200 } said ? said : "it said nothing");

    private static string Name(byte[] hash) => $"sign-in/{Convert.ToHexStringLower(hash)}";
}
