using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using EmailOps.Core.Audit;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EmailOps.Api.Keys;

/// <summary>
/// Reads <c>X-Api-Key</c> (or <c>Authorization: Bearer</c>). The installation's own key comes from <c>EMAILOPS_API_KEY</c> and may do everything;
/// others are rows of api_key. A key that was found is remembered for half a minute, so revoking takes at most that long. A person's session is a key
/// of its own, which the console shows instead of its own: it may what the person may, and is looked up with every request. Nothing is read from the
/// query string, because addresses are logged.
/// </summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    IConfiguration configuration, IDbContextFactory<EmailOpsDb> databases, KeyCache cache, SessionStore sessions, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string InstallationKey = "EMAILOPS_API_KEY";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var secret = Secret();
        if (secret.Length == 0) return AuthenticateResult.NoResult();
        if (secret.StartsWith(Tokens.Session, StringComparison.Ordinal))
            return await sessions.FindAsync(secret, Context.RequestAborted) is { } open
                ? Ticket(open.Name, Tokens.Scope(open.Role), new Claim(Caller.UserClaim, open.UserId.ToString(CultureInfo.InvariantCulture)), new Claim(Caller.EndsClaim, open.Ends.ToString("O", CultureInfo.InvariantCulture)))
                : AuthenticateResult.Fail("The session has ended.");
        var hash = ApiKey.HashOf(secret);
        if (configuration[InstallationKey] is { Length: > 0 } own && CryptographicOperations.FixedTimeEquals(hash, ApiKey.HashOf(own)))
            return Ticket(Caller.Installation, Permission.Admin);

        var known = await cache.FindAsync(hash, LoadAsync, clock.GetUtcNow());
        return known is { } key ? Ticket($"{Caller.KeyPrefix}{key.Name}", key.Scope) : AuthenticateResult.Fail("Unknown, expired or revoked API key.");
    }

    /// <summary>RFC 9110, 11.6.1: a 401 says how to authenticate.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"EmailOps\"";
        return base.HandleChallengeAsync(properties);
    }

    private string Secret()
    {
        var header = Request.Headers["X-Api-Key"].ToString();
        return header.Length > 0 ? header : Caller.Bearer(Request);
    }

    private async Task<(string Name, string Scope)?> LoadAsync(byte[] hash)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(Context.RequestAborted);
        var key = await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Hash == hash && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), Context.RequestAborted);
        return key is null ? null : (key.Name, key.Scope);
    }

    private AuthenticateResult Ticket(string name, string scope, params ReadOnlySpan<Claim> more)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(Permission.ScopeClaim, scope), .. more], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}

/// <summary>Keys seen lately, by hash; bounded, and forgetful on purpose.</summary>
internal sealed class KeyCache
{
    private const int Most = 1000;
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, (string Name, string Scope, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    public async Task<(string Name, string Scope)?> FindAsync(byte[] hash, Func<byte[], Task<(string Name, string Scope)?>> load, DateTimeOffset now)
    {
        var id = Convert.ToHexString(hash);
        if (_known.TryGetValue(id, out var known) && known.Until > now) return (known.Name, known.Scope);
        var loaded = await load(hash);
        if (_known.Count >= Most) _known.Clear();
        if (loaded is { } key) _known[id] = (key.Name, key.Scope, now + Keep);
        else _known.TryRemove(id, out _);
        return loaded;
    }
}
