using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.SignIn;

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var strangers = app.MapGroup("").AllowAnonymous().RequireFormToken();
        strangers.MapPost("/sign-in", SignIn);

        var operators = app.MapGroup("").RequireAuthorization(Permission.Operator).RequireFormToken();
        operators.MapPost("/sign-out", (Delegate)SignOut);
        operators.MapPost("/sign-in-links", NewLink);

        // For the command line: who holds the Api key may ask for a link. No form, hence no form token.
        app.MapPost("/sign-in-links/by-key", NewLinkByKey).AllowAnonymous();
    }

    private static async Task<RedirectHttpResult> SignIn([FromForm] string? token, [FromForm] string? name, [FromForm] string? returnUrl, SignInLinks links, ApiClient api, HttpContext http)
    {
        // First here, which needs no question; then by the Api, which knows what other console processes let in.
        if (!links.Redeem(token) || !await links.SpendAsync(api, token!, http.RequestAborted))
            return TypedResults.Redirect("/sign-in?refused=true");
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, OperatorName.Clean(name))], CookieAuthenticationDefaults.AuthenticationScheme);
        await http.SignInAsync(new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
        return TypedResults.Redirect(LocalAddress.OrHome(returnUrl));
    }

    private static async Task<RedirectHttpResult> SignOut(HttpContext http)
    {
        await http.SignOutAsync();
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return TypedResults.Redirect("/sign-in?left=true");
    }

    private static RazorComponentResult<NewLinkPage> NewLink(SignInLinks links) => new(new { Link = links.New() });

    private static Results<Ok<NewLinkAnswer>, UnauthorizedHttpResult> NewLinkByKey([FromHeader(Name = "X-Api-Key")] string? key, SignInLinks links, IOptions<WebOptions> options)
    {
        var wanted = options.Value.ApiKey;
        return wanted.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key ?? ""), Encoding.UTF8.GetBytes(wanted))
            ? TypedResults.Ok(new NewLinkAnswer(links.New()))
            : TypedResults.Unauthorized();
    }

    internal sealed record NewLinkAnswer(Uri Link);
}
