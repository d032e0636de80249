using EmailOps.Core.Audit;
using Microsoft.AspNetCore.Authorization;

namespace EmailOps.Api.Keys;

/// <summary>What a route asks of its caller. Each scope holds the ones before it; every route names one, or <see cref="Anyone"/>.</summary>
internal static class Permission
{
    public const string Read = "read";
    public const string Operate = "operate";
    public const string Admin = "admin";
    public const string ScopeClaim = "scope";

    private static readonly string[] Ladder = [Read, Operate, Admin];

    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var scope in Ladder)
            options.AddPolicy(scope, p => p.RequireAssertion(c => Array.IndexOf(Ladder, c.User.FindFirst(ScopeClaim)?.Value) >= Array.IndexOf(Ladder, scope)));
        // A route that names no permission is closed, not open. What is no route (404, 405) needs none.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(c => c.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint).Build();
    }

    public static bool IsScope(string scope) => Array.IndexOf(Ladder, scope) >= 0;

    public static TBuilder Needs<TBuilder>(this TBuilder route, string scope) where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(scope);

    /// <summary>For what says nothing about mail: health, figures, the description of the Api.</summary>
    public static TBuilder Anyone<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.AllowAnonymous();

    /// <summary>Who acts: the operator the console names, else the key.</summary>
    public static string Actor(this HttpContext context)
    {
        var named = context.Request.Headers["X-Operator"].ToString().Trim();
        var name = named.Length is > 0 and <= 100 ? named : context.User.Identity?.Name ?? "unknown";
        return string.Concat(name.Where(c => !char.IsControl(c)));
    }

    public static byte[] Hash(string secret) => ApiKey.HashOf(secret);
}
