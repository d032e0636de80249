using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Mailboxes.Remote;

namespace EmailOps.Core.Mailboxes.OAuth;

/// <summary>Speaks with token endpoints (RFC 6749, RFC 8628). Answers are bounded, nothing of them is logged, no redirect is followed.</summary>
internal sealed class OAuthEndpoint(TimeProvider clock) : IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024;
    private const int MostDescription = 300;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    /// <summary>Where a provider does not say for how long, and the most that is believed.</summary>
    private static readonly TimeSpan s_usual = TimeSpan.FromMinutes(30), s_most = TimeSpan.FromDays(1);
    private readonly ModelHttp _http = new(MaxAnswerBytes);

    /// <summary>The code of a consent becomes tokens.</summary>
    public Task<TokenAnswer> ExchangeAsync(OAuthClient client, string code, string verifier, string redirect, CancellationToken cancel)
        => TokenAsync(client, [new("grant_type", "authorization_code"), new("code", code), new("code_verifier", verifier), new("redirect_uri", redirect)], cancel);

    public Task<TokenAnswer> RefreshAsync(OAuthClient client, string refreshToken, CancellationToken cancel)
        => TokenAsync(client, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], cancel);

    /// <summary>In the application's own name.</summary>
    public Task<TokenAnswer> AppAsync(OAuthClient client, CancellationToken cancel)
        => TokenAsync(client, [new("grant_type", "client_credentials"), new("scope", client.AppScopes!)], cancel);

    /// <summary>A person signs in on another device with a short code.</summary>
    /// <exception cref="RemoteException">The provider has no such flow, or does not answer.</exception>
    public async Task<DeviceCode> DeviceAsync(OAuthClient client, CancellationToken cancel)
    {
        if (client.Device is not { } endpoint) throw new RemoteException(RemoteFailure.Refused, $"{client.Provider} has no sign-in by device code for mail. Sign in with a browser.");
        using var json = await AskAsync(endpoint, [new("client_id", client.Keys.ClientId), new("scope", client.Scopes)], cancel);
        return new DeviceCode(Text(json, "device_code") ?? throw NoAnswer(), Text(json, "user_code") ?? throw NoAnswer(), Text(json, "verification_uri") ?? Text(json, "verification_url") ?? throw NoAnswer(),
            Span(json, "interval") ?? TimeSpan.FromSeconds(5), Span(json, "expires_in") ?? OAuthConsent.Longest);
    }

    /// <summary>Asks until the person is done (RFC 8628, 3.4 and 3.5).</summary>
    public async Task<TokenAnswer> DeviceAsync(OAuthClient client, DeviceCode code, CancellationToken cancel)
    {
        var pause = code.Interval;
        while (true)
        {
            await Task.Delay(pause, clock, cancel);
            try
            {
                return await TokenAsync(client, [new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), new("device_code", code.Secret)], cancel);
            }
            catch (OAuthRefusedException waiting) when (waiting.Code is "authorization_pending" or "slow_down")
            {
                if (waiting.Code == "slow_down") pause += TimeSpan.FromSeconds(5);
            }
        }
    }

    /// <exception cref="OAuthRefusedException">The provider refuses.</exception>
    /// <exception cref="RemoteException">It cannot be reached, or answers what is no answer.</exception>
    private async Task<TokenAnswer> TokenAsync(OAuthClient client, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancel)
    {
        IEnumerable<KeyValuePair<string, string>> keys = [new("client_id", client.Keys.ClientId), .. client.Keys.ClientSecret is { } secret ? (KeyValuePair<string, string>[])[new("client_secret", secret)] : []];
        using var json = await AskAsync(client.Token, [.. form, .. keys], cancel);
        var access = Text(json, "access_token");
        if (string.IsNullOrEmpty(access) || access.Length > SecretBox.MaxLength || access.Any(c => c is < '!' or > '~')) throw NoAnswer();
        var lives = Span(json, "expires_in") ?? s_usual;
        return new TokenAnswer(access, lives > s_most ? s_most : lives, Text(json, "refresh_token"), Span(json, "refresh_token_expires_in"), Text(json, "scope"));
    }

    private async Task<JsonDocument> AskAsync(Uri endpoint, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(s_patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await _http.For(endpoint).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            if ((int)response.StatusCode >= 500) throw new RemoteException(RemoteFailure.ServerError, $"{endpoint.Host} cannot give a token just now (status {(int)response.StatusCode}).");
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                throw new RemoteException(RemoteFailure.Throttled, $"{endpoint.Host} has been asked for tokens too often.") { RetryAfter = ModelHttp.RetryAfter(response.Headers.RetryAfter?.ToString(), clock) };
            var json = JsonDocument.Parse(body);
            if (response.IsSuccessStatusCode && json.RootElement.ValueKind == JsonValueKind.Object) return json;
            using (json) throw Refused(json);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new RemoteException(RemoteFailure.Unreachable, $"{endpoint.Host} cannot be reached for a token: {failure.Message}", failure);
        }
        catch (JsonException failure)
        {
            throw new RemoteException(RemoteFailure.Unreachable, NoAnswer(endpoint), failure);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new RemoteException(RemoteFailure.Unreachable, $"{endpoint.Host} gave no token within {s_patience.TotalSeconds:0} s.");
        }
    }

    /// <summary>RFC 6749, 5.2: {"error":"invalid_grant","error_description":"Token has been expired or revoked."}</summary>
    private static Exception Refused(JsonDocument json)
        => Text(json, "error") is { Length: > 0 and < 100 } code ? new OAuthRefusedException(Shown(code), Text(json, "error_description") is { } said ? Shown(said) : null) : NoAnswer();

    private static string Shown(string text) => Connecting.StepList.Printable(text.Length > MostDescription ? text[..MostDescription] : text);

    private static RemoteException NoAnswer() => new(RemoteFailure.Unreachable, NoAnswer(null));

    private static string NoAnswer(Uri? endpoint) => $"{endpoint?.Host ?? "The token endpoint"} answered something that is no token. Is a proxy in between?";

    private static string? Text(JsonDocument json, string name) => json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TimeSpan? Span(JsonDocument json, string name)
        => json.RootElement.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) || value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), out seconds))
            && seconds is > 0 and < 1L << 31 ? TimeSpan.FromSeconds(seconds) : null;

    public void Dispose() => _http.Dispose();
}

/// <param name="Secret">Ours; never shown.</param>
/// <param name="UserCode">What the person types.</param>
/// <param name="Address">Where.</param>
internal sealed record DeviceCode(string Secret, string UserCode, string Address, TimeSpan Interval, TimeSpan ExpiresIn)
{
    public override string ToString() => $"code {UserCode}";
}
