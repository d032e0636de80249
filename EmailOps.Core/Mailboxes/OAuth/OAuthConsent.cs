using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Mailboxes.OAuth;

/// <summary>
/// One sign-in under way: the address a person opens, and what proves that the code that comes back is for us. PKCE (RFC 7636) with S256, so that a code
/// seen on its way is worth nothing; a state (RFC 6749, 10.12), so that nobody has us take a code we did not ask for.
/// </summary>
internal sealed record OAuthConsent(string State, string Verifier, Uri Address)
{
    /// <summary>How long a person may take.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(10);

    /// <param name="account">The mailbox's address: the provider offers this account first.</param>
    public static OAuthConsent Begin(OAuthClient client, string redirect, string account)
    {
        var (state, verifier) = (Random(), Random());
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        KeyValuePair<string, string>[] query =
        [
            new("response_type", "code"), new("client_id", client.Keys.ClientId), new("redirect_uri", redirect), new("scope", client.Scopes), new("state", state),
            new("code_challenge", challenge), new("code_challenge_method", "S256"), new("login_hint", account), .. client.Extra,
        ];
        var address = new UriBuilder(client.Authorize) { Query = string.Join('&', query.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}")) };
        return new OAuthConsent(state, verifier, address.Uri);
    }

    /// <summary>256 bits: RFC 7636, 4.1 wants at least as many in 43 characters.</summary>
    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));

    /// <summary>Without the verifier: a record's own would print it.</summary>
    public override string ToString() => "a sign-in under way";
}
