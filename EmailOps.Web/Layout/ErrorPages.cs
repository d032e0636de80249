using EmailOps.Web.Calls;
using EmailOps.Web.Live;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Web.Layout;

/// <summary>What a person sees when there is no page to see.</summary>
internal static class ErrorPages
{
    public static Task NotFound(HttpContext http) => http.Items[typeof(ApiProblem)] is ApiProblem problem
        ? Show(http, 404, problem.Title, problem.Detail)
        : Show(http, 404, "This page does not exist", "The address may be mistyped, or the page is from an older version.");

    public static Task FormExpired(HttpContext http) =>
        Show(http, 400, "This form is out of date", "It was opened before you signed in or before EmailOps restarted. Go back, reload the page and send it again; what you typed is still there.");

    public static Task TooLarge(HttpContext http) =>
        Show(http, 413, "That was too large", "Send fewer files at once, or import them on the server with: emailops import PATH. WEB_UPLOAD_LIMIT_MB sets the limit of this form.");

    public static Task TooMany(HttpContext http) =>
        Show(http, 429, "Too many attempts", "Somebody at this network address tried to sign in many times. Wait a minute, then try again.");

    public static Task OtherHost(HttpContext http, string address) => Show(http, 400, "Another address", $"EmailOps is at {address}. It does not answer under other names.");

    public static Task Away(HttpContext http, ApiProblem problem) => Show(http, 502, problem.Title, problem.Detail);

    public static Task Failed(HttpContext http)
    {
        var cause = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        return cause is BadHttpRequestException { StatusCode: var status }
            ? ByNumber(http, status)
            : Show(http, 500, "The console made a mistake", "It has been logged. Try again; if it stays, the log of EmailOps.Web says what happened.");
    }

    public static Task ByStatus(StatusCodeContext context) =>
        LiveEndpoints.IsScript(context.HttpContext.Request) ? Task.CompletedTask : ByNumber(context.HttpContext, context.HttpContext.Response.StatusCode);

    private static Task ByNumber(HttpContext http, int status) => status switch
    {
        403 => Show(http, 403, "Your role does not allow that", "Ask an administrator of EmailOps, under Access, for another role."),
        404 => NotFound(http),
        413 => TooLarge(http),
        _ => Show(http, status, "That did not work", $"The console answered {status}. Go back and try again."),
    };

    private static async Task Show(HttpContext http, int status, string title, string detail)
    {
        // A page may have been half through rendering in this request; another one needs a scope and headers of its own.
        http.Response.Headers.Remove("blazor-enhanced-nav");
        var before = http.RequestServices;
        await using var scope = before.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            var page = new RazorComponentResult<ErrorPage>(new { Title = title, Detail = detail }) { StatusCode = status };
            await page.ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = before;
        }
    }
}
