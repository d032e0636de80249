using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.Gmail.StandIn;

/// <summary>Google's OAuth: consent at /o/oauth2/v2/auth, tokens at /token with PKCE checked, refusals as RFC 6749 and Google have them.</summary>
internal sealed class StandInGoogle(string account)
{
    public const string ClientId = "407408718192.apps.googleusercontent.com", ClientSecret = "GOCSPX-stand-in-client-secret";
    private readonly ConcurrentDictionary<string, (string Challenge, string Redirect, string Scope)> _codes = new();
    private readonly ConcurrentDictionary<string, string> _access = new();
    private int _count;

    /// <summary>Every token ever given: none of them may stand in a log.</summary>
    public ConcurrentBag<string> Given { get; } = [];
    public string RefreshToken { get; private set; } = "1//0stand-in-refresh-token-zero";
    /// <summary>The owner took the consent back.</summary>
    public bool IsRevoked { get; set; }
    /// <summary>Of access tokens, in seconds.</summary>
    public int Lives { get; set; } = 3599;
    /// <summary>What testing applications get: the consent itself ends.</summary>
    public int? ConsentLives { get; set; }
    /// <summary>What the person ticks; null: all that is asked for.</summary>
    public string? Scope { get; set; }
    /// <summary>The person says no.</summary>
    public bool Declines { get; set; }
    /// <summary>Whoever holds a token is refused until he gets another one.</summary>
    public void ForgetTokens() => _access.Clear();
    public int Refreshes { get; private set; }
    /// <summary>Answers before anything is looked at; null: as it should.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public string? ScopeOf(string authorization) => authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _access.TryGetValue(authorization[7..], out var scope) ? scope : null;

    public void Map(WebApplication app)
    {
        app.MapGet("/o/oauth2/v2/auth", Consent);
        app.MapPost("/token", TokenAsync);
        RunLogs.Secret(ClientSecret);
    }

    private IResult Consent(HttpRequest request)
    {
        string Of(string name) => request.Query[name].ToString();
        if (Of("client_id") != ClientId) return Results.Content("Error 401: invalid_client", "text/html", statusCode: 401);
        if (Of("code_challenge_method") != "S256" || Of("code_challenge").Length != 43 || Of("access_type") != "offline" || Of("response_type") != "code") return Results.Content("Error 400: invalid_request", "text/html", statusCode: 400);
        if (Declines) return Results.Redirect($"{Of("redirect_uri")}?error=access_denied&state={Of("state")}");
        var code = $"4/0stand-in-code-{Interlocked.Increment(ref _count)}";
        Given.Add(RunLogs.Secret(code));
        _codes[code] = (Of("code_challenge"), Of("redirect_uri"), Scope ?? Of("scope"));
        return Results.Redirect($"{Of("redirect_uri")}?state={Uri.EscapeDataString(Of("state"))}&code={Uri.EscapeDataString(code)}&scope={Uri.EscapeDataString(Scope ?? Of("scope"))}&authuser=0&hd={account.Split('@')[1]}");
    }

    private async Task TokenAsync(HttpContext context)
    {
        if (Instead is { } instead)
        {
            await instead(context);
            return;
        }
        var form = await context.Request.ReadFormAsync();
        var answer = Token(name => form[name].ToString());
        context.Response.StatusCode = answer.Status;
        await context.Response.WriteAsJsonAsync(answer.Body);
    }

    private (int Status, object Body) Token(Func<string, string> form)
    {
        if (form("client_id") != ClientId || form("client_secret") != ClientSecret) return (401, new { error = "invalid_client", error_description = "The OAuth client was not found." });
        if (form("grant_type") == "refresh_token")
        {
            Refreshes++;
            return form("refresh_token") != RefreshToken || IsRevoked ? (400, new { error = "invalid_grant", error_description = "Token has been expired or revoked." }) : (200, Access(Scope ?? "https://www.googleapis.com/auth/gmail.modify", null));
        }
        if (form("grant_type") != "authorization_code" || !_codes.TryRemove(form("code"), out var asked)) return (400, new { error = "invalid_grant", error_description = "Malformed auth code." });
        if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form("code_verifier")))) != asked.Challenge) return (400, new { error = "invalid_grant", error_description = "Invalid code verifier." });
        if (form("redirect_uri") != asked.Redirect) return (400, new { error = "redirect_uri_mismatch", error_description = "Bad Request" });
        IsRevoked = false;
        RefreshToken = $"1//0stand-in-refresh-token-{Interlocked.Increment(ref _count)}";
        Given.Add(RunLogs.Secret(RefreshToken));
        return (200, Access(asked.Scope, RefreshToken));
    }

    private Dictionary<string, object> Access(string scope, string? refresh)
    {
        var token = $"ya29.stand-in-access-token-{Interlocked.Increment(ref _count)}";
        Given.Add(RunLogs.Secret(token));
        _access[token] = scope;
        var body = new Dictionary<string, object> { ["access_token"] = token, ["expires_in"] = Lives, ["scope"] = scope, ["token_type"] = "Bearer" };
        if (refresh is not null) body["refresh_token"] = refresh;
        if (ConsentLives is { } seconds) body["refresh_token_expires_in"] = seconds;
        return body;
    }
}
