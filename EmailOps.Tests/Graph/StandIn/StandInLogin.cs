using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmailOps.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>The Microsoft identity platform's v2.0 endpoints of one directory: client credentials, authorisation code with PKCE, refresh. Errors as AADSTS numbers.</summary>
internal sealed class StandInLogin(StandInGraph graph)
{
    private readonly ConcurrentDictionary<string, Issued> _tokens = new();
    private readonly ConcurrentDictionary<string, Code> _codes = new();
    private readonly ConcurrentDictionary<string, Refresh> _refresh = new();

    private sealed record Issued(string? User, string[] Granted, DateTimeOffset Until);
    private sealed record Code(string Challenge, string Redirect, string[] Scopes, string User);
    private sealed record Refresh(string User, string[] Scopes);

    public string TenantId { get; } = Guid.NewGuid().ToString();
    public string ClientId { get; } = Guid.NewGuid().ToString();
    public string Secret { get; set; } = "s3cr3t~" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    public bool SecretExpired { get; set; }
    /// <summary>Application permissions with admin consent.</summary>
    public string[] Roles { get; set; } = ["Mail.ReadWrite", "Mail.Send"];
    /// <summary>Delegated permissions with consent.</summary>
    public string[] Scopes { get; set; } = ["Mail.ReadWrite", "Mail.Send", "Chat.Create", "ChatMessage.Send", "Chat.Read", "User.ReadBasic.All"];
    /// <summary>Who signs in when a browser comes.</summary>
    public string? Browser { get; set; }
    public int Lifetime { get; set; } = 3599;
    /// <summary>Every secret that left the server: access, refresh tokens, codes.</summary>
    public IEnumerable<string> Secrets => [Secret, .. _tokens.Keys, .. _refresh.Keys];
    public int Issuances => _tokens.Count;

    /// <summary>Access tokens count no more, whatever their time says.</summary>
    public void RevokeAccess() => _tokens.Clear();

    /// <summary>Signed out: refresh tokens count no more.</summary>
    public void RevokeRefresh() => _refresh.Clear();

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/{tenant}/oauth2/v2.0/token", TokenAsync);
        app.MapGet("/{tenant}/oauth2/v2.0/authorize", Authorize);
    }

    /// <summary>Who asks, and what he may; null (and a 401 written) when the token is none of ours.</summary>
    public async Task<StandInCaller?> CallerAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.TryGetValue(header[7..], out var issued) && issued.Until > TimeProvider.System.GetUtcNow()) return new StandInCaller(issued.User, issued.Granted);
        await StandInGraph.ErrorAsync(context, 401, "InvalidAuthenticationToken", header.Length == 0 ? "Access token is empty." : "Lifetime validation failed, the token is expired.");
        return null;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (!IsTenant((string)context.Request.RouteValues["tenant"]!))
        {
            await ErrorAsync(context, 400, 90002, "invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID.");
            return;
        }
        if (form["client_id"] != ClientId)
        {
            await ErrorAsync(context, 400, 700016, "unauthorized_client", $"Application with identifier '{form["client_id"]}' was not found in the directory.");
            return;
        }
        var hasSecret = form.ContainsKey("client_secret");
        if (hasSecret && form["client_secret"] != Secret) await ErrorAsync(context, 401, 7000215, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.");
        else if (hasSecret && SecretExpired) await ErrorAsync(context, 401, 7000222, "invalid_client", $"The provided client secret keys for app '{ClientId}' are expired. Visit the Azure portal to create new keys for your app.");
        else await GrantAsync(context, form, hasSecret);
    }

    private Task GrantAsync(HttpContext context, IFormCollection form, bool hasSecret)
    {
        switch (form["grant_type"].ToString())
        {
            case "client_credentials" when !hasSecret:
                return ErrorAsync(context, 401, 7000216, "invalid_client", "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.");
            case "client_credentials":
                return form["scope"].ToString().EndsWith("/.default", StringComparison.Ordinal)
                    ? AnswerAsync(context, null, Roles, false)
                    : ErrorAsync(context, 400, 1002012, "invalid_scope", "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.");
            case "authorization_code":
                if (!_codes.TryRemove(form["code"].ToString(), out var code)) return ErrorAsync(context, 400, 54005, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code.");
                if (code.Redirect != form["redirect_uri"]) return ErrorAsync(context, 400, 50011, "invalid_grant", "The redirect URI specified in the request does not match.");
                if (Challenge(form["code_verifier"].ToString()) != code.Challenge) return ErrorAsync(context, 400, 501481, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied in the authorization request.");
                return AnswerAsync(context, code.User, code.Scopes, true);
            case "refresh_token":
                return _refresh.TryGetValue(form["refresh_token"].ToString(), out var refresh)
                    ? AnswerAsync(context, refresh.User, refresh.Scopes, true)
                    : ErrorAsync(context, 400, 700082, "invalid_grant", "The refresh token has expired due to inactivity.");
            default:
                return ErrorAsync(context, 400, 70003, "unsupported_grant_type", "The app requested an unsupported grant type.");
        }
    }

    /// <summary>The consent page, agreed to at once.</summary>
    private Task Authorize(HttpContext context)
    {
        var q = context.Request.Query;
        if (q["client_id"] != ClientId || q["response_type"] != "code" || q["code_challenge_method"] != "S256" || Browser is not { } user)
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync("AADSTS900144: The request body must contain the right parameters.");
        }
        var code = Random();
        var wanted = q["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s[(s.LastIndexOf('/') + 1)..]);
        _codes[code] = new Code(q["code_challenge"].ToString(), q["redirect_uri"].ToString(), [.. wanted.Where(s => Scopes.Contains(s))], user);
        context.Response.Redirect($"{q["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(q["state"].ToString())}&session_state={Guid.NewGuid()}");
        return Task.CompletedTask;
    }

    private Task AnswerAsync(HttpContext context, string? user, string[] granted, bool refresh)
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(Lifetime);
        var token = Jwt(user, granted, until);
        _tokens[RunLogs.Secret(token)] = new Issued(user, granted, until);
        var answer = new Dictionary<string, object> { ["token_type"] = "Bearer", ["expires_in"] = Lifetime, ["ext_expires_in"] = Lifetime, ["access_token"] = token };
        if (refresh)
        {
            var next = "0.AX" + Random();
            _refresh[RunLogs.Secret(next)] = new Refresh(user!, granted);
            (answer["refresh_token"], answer["scope"]) = (next, string.Join(' ', granted.Select(g => $"https://graph.microsoft.com/{g}")));
        }
        return context.Response.WriteAsJsonAsync(answer);
    }

    private string Jwt(string? user, string[] granted, DateTimeOffset until)
    {
        var claims = new Dictionary<string, object>
        {
            ["aud"] = graph.Address, ["iss"] = $"https://sts.windows.net/{TenantId}/", ["iat"] = until.ToUnixTimeSeconds() - Lifetime, ["exp"] = until.ToUnixTimeSeconds(),
            ["appid"] = ClientId, ["app_displayname"] = "EmailOps", ["tid"] = TenantId, ["idtyp"] = user is null ? "app" : "user", ["uti"] = Random(), ["ver"] = "1.0",
        };
        // Without any permission the claim is missing.
        if (user is null && granted.Length > 0) claims["roles"] = granted;
        if (user is not null) (claims["scp"], claims["upn"]) = (string.Join(' ', granted), user);
        return $"{Base64(JsonSerializer.SerializeToUtf8Bytes(new { typ = "JWT", alg = "RS256", kid = "standin" }))}.{Base64(JsonSerializer.SerializeToUtf8Bytes(claims))}.{Base64(RandomNumberGenerator.GetBytes(64))}";
    }

    private static Task ErrorAsync(HttpContext context, int status, int number, string error, string text)
    {
        var trace = Guid.NewGuid();
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new
        {
            error, error_description = $"AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {trace} Timestamp: 2026-11-21 12:00:00Z", error_codes = new[] { number },
            timestamp = "2026-11-21 12:00:00Z", trace_id = trace, correlation_id = trace, error_uri = $"https://login.microsoftonline.com/error?code={number}",
        });
    }

    private bool IsTenant(string tenant) => tenant == TenantId || tenant is "organizations" or "common" || graph.Users.Keys.Any(u => u.EndsWith("@" + tenant, StringComparison.Ordinal));

    private static string Challenge(string verifier) => Base64(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

/// <param name="User">Null: the app itself.</param>
internal sealed record StandInCaller(string? User, string[] Granted)
{
    public bool IsApp => User is null;

    public bool Has(params string[] anyOf) => anyOf.Any(p => Granted.Contains(p));
}
