using System.Security.Claims;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Authorization;

namespace EmailOps.Web.Security;

/// <summary>What a person must be to use a route of the console. The Api asks again, by its own rules; this is for saying no before anything is asked.</summary>
internal static class Permission
{
    /// <summary>Whoever signed in: pages.</summary>
    public const string Viewer = "viewer";
    /// <summary>Forms that change something.</summary>
    public const string Operator = "operator";
    /// <summary>People, keys, the audit, ways in.</summary>
    public const string Admin = "admin";

    public static void AddPolicies(AuthorizationBuilder builder)
    {
        builder.AddPolicy(Viewer, policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Name).RequireRole(nameof(UserRole.Viewer), nameof(UserRole.Operator), nameof(UserRole.Admin)));
        builder.AddPolicy(Operator, policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Name).RequireRole(nameof(UserRole.Operator), nameof(UserRole.Admin)));
        builder.AddPolicy(Admin, policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Name).RequireRole(nameof(UserRole.Admin)));
        builder.AddFallbackPolicy("signed-in", policy => policy.RequireAuthenticatedUser());
    }

    /// <summary>In small letters, for style sheets; null: a stranger.</summary>
    public static string? Role(ClaimsPrincipal person) => person.FindFirstValue(ClaimTypes.Role)?.ToLowerInvariant();
}
