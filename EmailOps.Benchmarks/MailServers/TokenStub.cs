using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmailOps.Benchmarks.MailServers;

/// <summary>Stands for an OAuth provider: both mail servers ask it what a bearer token is worth (RFC 7662 in shape).</summary>
internal sealed class TokenStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, string> _owners = new(StringComparer.Ordinal);

    private TokenStub(WebApplication app) => _app = app;

    public Uri Address => new(new Uri(_app.Urls.First()), "/introspect/");

    public static async Task<TokenStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var stub = new TokenStub(builder.Build());
        stub._app.MapGet("/introspect/", stub.Introspect);
        await stub._app.StartAsync();
        return stub;
    }

    /// <summary>From now on this token logs the user in, by XOAUTH2 and OAUTHBEARER, over IMAP and SMTP.</summary>
    public void Grant(string token, MailUser user) => _owners[token] = user.Address;

    public void Revoke(string token) => _owners.TryRemove(token, out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Introspect(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) && _owners.TryGetValue(header["Bearer ".Length..], out var owner)
            ? Results.Json(new { active = true, email = owner })
            : Results.Json(new { active = false }, statusCode: StatusCodes.Status401Unauthorized);
    }
}
