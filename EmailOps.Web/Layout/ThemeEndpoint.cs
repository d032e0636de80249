using EmailOps.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Layout;

/// <summary>Light, dark, or as the system says. A cookie, so that the first paint is right and it works without script.</summary>
internal static class ThemeEndpoint
{
    private const string CookieName = "theme";

    public static void MapTheme(this IEndpointRouteBuilder app) =>
        app.MapGroup("").AllowAnonymous().RequireFormToken().MapPost("/theme", Choose);

    public static string? Chosen(HttpRequest request) => request.Cookies[CookieName] is "light" or "dark" ? request.Cookies[CookieName] : null;

    private static RedirectHttpResult Choose([FromForm] string? theme, [FromForm] string? returnUrl, HttpContext http)
    {
        // Not HttpOnly: Assets/js/theme.js writes it too, to spare people the round trip.
        var cookie = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), Secure = http.Request.IsHttps };
        if (theme is "light" or "dark")
            http.Response.Cookies.Append(CookieName, theme, cookie);
        else
            http.Response.Cookies.Delete(CookieName, cookie);
        return TypedResults.Redirect(LocalAddress.OrHome(returnUrl));
    }
}
