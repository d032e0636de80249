using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes.OAuth;

/// <summary>Our registration at a provider (RFC 6749, 2): where its endpoints are and what we ask for.</summary>
/// <param name="Authorize">Where a person consents.</param>
/// <param name="Token">Where codes and refresh tokens become access tokens.</param>
/// <param name="Device">Device authorization (RFC 8628); null where the provider has none for mail.</param>
/// <param name="Keys">Who we are there.</param>
/// <param name="Scopes">Separated by blanks; what each is for stands in docs/providers.</param>
/// <param name="Extra">Further parameters of the consent page that the provider wants.</param>
/// <param name="AppScopes">With this, a mailbox without a grant is opened in the application's own name (client credentials, RFC 6749, 4.4); null: a grant is needed.</param>
internal sealed record OAuthClient(MailboxProvider Provider, Uri Authorize, Uri Token, Uri? Device, OAuthKeys Keys, string Scopes, IReadOnlyList<KeyValuePair<string, string>> Extra, string? AppScopes = null);

/// <param name="ClientSecret">Null for public clients, which have PKCE only.</param>
internal sealed record OAuthKeys(string ClientId, string? ClientSecret)
{
    /// <summary>Without the secret: a record's own would print it.</summary>
    public override string ToString() => $"client {ClientId}";
}

/// <summary>What a provider's OAuth is like; one for each that has one.</summary>
internal interface IOAuthSource
{
    MailboxProvider Provider { get; }

    /// <summary>The registration that settings name; null: they name none.</summary>
    OAuthKeys? Configured { get; }

    OAuthClient Client(OAuthKeys keys);

    /// <summary>The same for one mailbox, where its address tells more (Microsoft 365: its directory).</summary>
    OAuthClient Client(OAuthKeys keys, string? address) => Client(keys);

    /// <summary>What to do where there is no registration, in a sentence or two.</summary>
    string HowToRegister { get; }

    /// <summary>Asks the provider whose mailbox a token opens, so that nobody connects another one by mistake.</summary>
    /// <returns>The address; null where the provider does not tell.</returns>
    Task<string?> AccountAsync(string accessToken, CancellationToken cancel);
}

/// <summary>What a token endpoint gave.</summary>
/// <param name="RefreshToken">Null: the old one stays.</param>
/// <param name="RefreshExpiresIn">Null: it names no end.</param>
internal sealed record TokenAnswer(string AccessToken, TimeSpan ExpiresIn, string? RefreshToken, TimeSpan? RefreshExpiresIn, string? Scope)
{
    /// <summary>Without the tokens: a record's own would print them.</summary>
    public override string ToString() => $"a token for {ExpiresIn}";
}

/// <summary>A token endpoint refused (RFC 6749, 5.2).</summary>
/// <param name="code"><c>invalid_grant</c>, <c>invalid_client</c>, ...</param>
internal sealed class OAuthRefusedException(string code, string? description) : Exception(description is { Length: > 0 } ? $"{code}: {description}" : code)
{
    public string Code => code;

    /// <summary>The consent is over: it was revoked, ran out, or the password was changed.</summary>
    public bool IsGrantOver => code is "invalid_grant" or "interaction_required" or "consent_required" or "login_required";
}
