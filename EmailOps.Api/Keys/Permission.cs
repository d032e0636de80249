using EmailOps.Core.Audit;
using Microsoft.AspNetCore.Authorization;

namespace EmailOps.Api.Keys;

/// <summary>What a route asks of its caller. Each scope holds the ones before it; every route names one, or <see cref="Anyone"/>.</summary>
internal static class Permission
{
    public const string Read = ApiKey.Read;
    public const string Operate = ApiKey.Operate;
    public const string Admin = ApiKey.Admin;
    public const string ScopeClaim = "scope";

    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var scope in ApiKey.Scopes)
            options.AddPolicy(scope, p => p.RequireAssertion(c => Rank(c.User.FindFirst(ScopeClaim)?.Value) >= Rank(scope)));
        // A route that names no permission is closed, not open. What is no route (404, 405) needs none.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(c => c.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint).Build();
    }

    public static TBuilder Needs<TBuilder>(this TBuilder route, string scope) where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(scope);

    /// <summary>For what says nothing about mail: health, figures, the description of the Api.</summary>
    public static TBuilder Anyone<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.AllowAnonymous();

    /// <summary>What these routes answer is kept nowhere, not even to answer again what was asked twice.</summary>
    public static TBuilder AnswersSecrets<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new SecretAnswer());

    /// <returns>-1 for what is no scope.</returns>
    private static int Rank(string? scope)
    {
        for (var i = 0; i < ApiKey.Scopes.Count; i++)
            if (ApiKey.Scopes[i] == scope) return i;
        return -1;
    }
}

/// <summary>The answer of a route holds a secret that is shown once.</summary>
internal sealed record SecretAnswer;
