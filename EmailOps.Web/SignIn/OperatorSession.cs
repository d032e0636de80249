using System.Security.Claims;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace EmailOps.Web.SignIn;

/// <summary>
/// What the cookie holds, sealed: the name, the role and the key of a session that the Api keeps. Name and role are for showing; what may be done, and whether the
/// session is still open, the Api says anew with each page.
/// </summary>
internal static class OperatorSession
{
    private const string SessionClaim = "session";

    /// <summary>Empty: the cookie is of a time before sessions, and opens nothing.</summary>
    public static string Token(ClaimsPrincipal person) => person.FindFirstValue(SessionClaim) ?? "";

    public static ClaimsPrincipal Person(string name, UserRole role, string token) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.ToString()), new Claim(SessionClaim, token)], CookieAuthenticationDefaults.AuthenticationScheme));

    public static async Task CheckAsync(CookieValidatePrincipalContext context)
    {
        if (context.HttpContext.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) || context.Principal is not { } person)
            return;
        var token = Token(person);
        if (token.Length == 0)
        {
            await EndAsync(context);
            return;
        }
        var caller = await context.HttpContext.RequestServices.GetRequiredService<ApiClient>().CallerAsync(token, context.HttpContext.RequestAborted);
        if (caller.Problem is { Kind: ProblemKind.KeyRefused })
        {
            await EndAsync(context);
        }
        else if (caller.Ok && (caller.Value.Name != person.Identity?.Name || !person.IsInRole(caller.Value.Role.ToString())))
        {
            context.ReplacePrincipal(Person(caller.Value.Name, caller.Value.Role, token));
            context.ShouldRenew = true;
        }
        // Else the Api is away: the page says so itself, and nothing can be done without it.
    }

    private static Task EndAsync(CookieValidatePrincipalContext context)
    {
        context.RejectPrincipal();
        return context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
