using EmailOps.Web.Layout;
using Microsoft.AspNetCore.Antiforgery;

namespace EmailOps.Web.Security;

/// <summary>
/// Refuses a form that did not come from a page of ours. The antiforgery middleware only notes the result and leaves the refusal to
/// whoever reads the form; here it holds for every route that asks for it, whether it reads a form or not.
/// </summary>
internal static class FormCheck
{
    public static void UseFormCheck(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false, Error: var error } ? Refuse(context, error) : next(context));

    // The token is a field of the form: a form over the limit is given up before its token is read.
    private static Task Refuse(HttpContext context, Exception? error) =>
        error?.InnerException is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } or InvalidDataException
            ? ErrorPages.TooLarge(context)
            : ErrorPages.FormExpired(context);

    /// <summary>Every POST behind this group needs a token from a page of ours.</summary>
    public static RouteGroupBuilder RequireFormToken(this RouteGroupBuilder group) => group.WithMetadata(new RequireAntiforgeryTokenAttribute());
}
