using System.Net.Http.Headers;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.OAuth;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>Google's OAuth 2.0 for desktop and web applications. Its device flow does not give scopes of Gmail, so there is none here.</summary>
internal sealed class GmailOAuth(GmailOptions options, GmailHttp http, TimeProvider clock) : IOAuthSource
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public MailboxProvider Provider => MailboxProvider.Gmail;

    public OAuthKeys? Configured => string.IsNullOrWhiteSpace(options.ClientId) ? null : new OAuthKeys(options.ClientId.Trim(), string.IsNullOrWhiteSpace(options.ClientSecret) ? null : options.ClientSecret.Trim());

    public string HowToRegister => "Make an OAuth client in Google's console and give its id and secret: GMAIL_CLIENT_ID and GMAIL_CLIENT_SECRET, or emailops provider client gmail. docs/providers/gmail.md has the steps.";

    // access_type and prompt: without both Google gives no refresh token the second time somebody consents.
    public OAuthClient Client(OAuthKeys keys) => new(Provider, new Uri(options.Authorize), new Uri(options.Token), null, keys, options.Scopes, [new("access_type", "offline"), new("prompt", "consent")]);

    public async Task<string?> AccountAsync(string accessToken, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(s_patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(options.Api), "/gmail/v1/users/me/profile"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        try
        {
            using var response = await http.For(request.RequestUri!).SendAsync(request, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            if (!response.IsSuccessStatusCode) throw GmailErrors.Of(new RemoteAnswer((int)response.StatusCode, body, null, null));
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("emailAddress").GetString();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException || failure is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw new RemoteException(RemoteFailure.Unreachable, $"Gmail did not tell whose mailbox it is: {failure.Message}", failure);
        }
    }
}
