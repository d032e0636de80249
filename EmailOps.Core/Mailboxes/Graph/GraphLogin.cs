using System.Text.Json;

namespace EmailOps.Core.Mailboxes.Graph;

/// <summary>
/// Tokens of the Microsoft identity platform (OAuth 2.0, v2.0 endpoint), by plain HTTP: Microsoft's own library refuses authorities that are not https, so it
/// could be tried against no stand-in.
/// </summary>
internal sealed class GraphLogin(GraphHttp http, AccessTokens tokens, Microsoft365Options options, TimeProvider clock)
{
    private const int MaxTokenAnswer = 256 * 1024;
    /// <summary>A server that names no time gets an hour's trust less; one that names a long one is not believed.</summary>
    private const int UsualSeconds = 3000, MostSeconds = 86_400;

    /// <summary>The app in its own name (client credentials).</summary>
    /// <param name="tenant">Directory id or domain; a mailbox's domain where none is configured.</param>
    public GraphSignIn App(string tenant) => new($"m365/app/{options.ClientId}/{tenant}@{options.Graph.Authority}", tokens, async cancel => (await AskAsync(tenant,
    [
        new("grant_type", "client_credentials"), new("client_id", options.ClientId!), new("client_secret", options.ClientSecret!), new("scope", options.DefaultScope),
    ], cancel)).Token);

    /// <summary>The tenant to sign in to for a mailbox.</summary>
    public string TenantOf(string address) => string.IsNullOrWhiteSpace(options.TenantId) ? MailboxAddress.Domain(MailboxAddress.Normal(address)) : options.TenantId.Trim();

    /// <summary>Asks the token endpoint.</summary>
    /// <exception cref="GraphException">No token; never with the secret in it.</exception>
    public async Task<GraphGrant> AskAsync(string tenant, IReadOnlyList<KeyValuePair<string, string>> form, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Login, $"{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token")) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("client-request-id", Guid.CreateVersion7(clock.GetUtcNow()).ToString());
        var answer = await http.SendAsync(request, MaxTokenAnswer, cancel);
        if (!answer.IsGood) throw SignInErrors.Of(answer, tenant);
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var token = json.RootElement.GetProperty("access_token").GetString();
            if (string.IsNullOrEmpty(token) || token.Length > SecretBox.MaxLength || token.Any(c => c is < '!' or > '~')) throw new JsonException("no access_token");
            var seconds = json.RootElement.TryGetProperty("expires_in", out var e) && (e.ValueKind == JsonValueKind.Number ? e.TryGetInt32(out var s) : int.TryParse(e.ToString(), out s)) ? Math.Clamp(s, 0, MostSeconds) : UsualSeconds;
            var refresh = json.RootElement.TryGetProperty("refresh_token", out var r) && r.ValueKind == JsonValueKind.String ? r.GetString() : null;
            var scope = json.RootElement.TryGetProperty("scope", out var sc) && sc.ValueKind == JsonValueKind.String ? sc.GetString() : null;
            return new GraphGrant(new AccessToken(token, clock.GetUtcNow() + TimeSpan.FromSeconds(seconds)), refresh, scope);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new GraphException(GraphFailure.BadAnswer, $"What {options.Login.Authority} answered holds no access token.", failure);
        }
    }
}

/// <summary>What the token endpoint gave.</summary>
/// <param name="RefreshToken">For users; replaces the one it was asked with.</param>
internal sealed record GraphGrant(AccessToken Token, string? RefreshToken, string? Scope)
{
    public override string ToString() => $"{Token}";
}
