using System.Security.Cryptography;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Worker.Admin;

/// <summary>
/// <c>POST /admin/clear-cache</c> on the worker's port, where the runbooks call it; the same as the Api's. It wants a key as there (<c>X-Api-Key</c> or a bearer token): the
/// installation's own, or one with the scope operate or admin. Asked in the database each time: it is called by hand.
/// </summary>
internal static class ClearCacheEndpoint
{
    public static void MapClearCache(this IEndpointRouteBuilder app) => app.MapPost(OperationRoutes.ClearCache, Clear);

    private static async Task<Results<Ok<CacheCleared>, ProblemHttpResult>> Clear(HttpContext context, IConfiguration configuration, IDbContextFactory<EmailOpsDb> databases, Caches caches, TimeProvider clock, CancellationToken cancel)
    {
        var secret = SecretOf(context.Request);
        if (secret.Length == 0 || await ScopeAsync(secret, configuration, databases, clock, cancel) is not { } known)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"EmailOps\"";
            return TypedResults.Problem("Send an API key as X-Api-Key.", statusCode: 401, title: "Who are you?");
        }
        return known.Scope is ApiKey.Operate or ApiKey.Admin
            ? TypedResults.Ok(await caches.ClearAsync(known.Name, cancel))
            : TypedResults.Problem("This key may read only.", statusCode: 403, title: "Not allowed");
    }

    private static async Task<(string Name, string Scope)?> ScopeAsync(string secret, IConfiguration configuration, IDbContextFactory<EmailOpsDb> databases, TimeProvider clock, CancellationToken cancel)
    {
        var hash = ApiKey.HashOf(secret);
        if (configuration["EMAILOPS_API_KEY"] is { Length: > 0 } own && CryptographicOperations.FixedTimeEquals(hash, ApiKey.HashOf(own))) return ("installation", ApiKey.Admin);
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Hash == hash && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancel) is { } key ? (key.Name, key.Scope) : null;
    }

    private static string SecretOf(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header) return header;
        var bearer = request.Headers.Authorization.ToString();
        return bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..].Trim() : "";
    }
}
