using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.Mailboxes;

/// <summary>Signing in at a mail provider: to its consent page and back. What comes back is worth nothing to anybody but who began.</summary>
internal static class ConsentEndpoints
{
    public const string Back = "/mailboxes/signed-in";

    public static void MapConsent(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/mailboxes").RequireFormToken();
        forms.MapPost("/{id:long}/sign-in", Begin).RequireAuthorization(Permission.Admin);
        forms.MapPost("/providers/breaker", Breaker).RequireAuthorization(Permission.Operator);
        app.MapGet(Back, Complete).RequireAuthorization(Permission.Admin);
    }

    /// <summary>A page with a link, not a redirect: forms of the console lead nowhere else (form-action 'self').</summary>
    private static async Task<IResult> Begin(long id, ApiClient api, Notes notes, IOptions<WebOptions> options, HttpContext http)
    {
        var begun = await api.BeginSignInAsync(id, Redirect(options.Value, http), http.RequestAborted);
        if (begun.Ok) return new RazorComponentResult<ConsentPage>(new Dictionary<string, object?> { [nameof(ConsentPage.Address)] = new Uri(begun.Value!.Address) });
        notes.Leave(http, NoteTone.Bad, $"{begun.Problem!.Title}. {begun.Problem.Detail}");
        return TypedResults.Redirect("/mailboxes");
    }

    private static async Task<RedirectHttpResult> Complete(string? state, string? code, string? error, ApiClient api, Notes notes, HttpContext http)
    {
        var done = await api.CompleteSignInAsync(new CompleteSignIn(state ?? "", code, error), http.RequestAborted);
        notes.Leave(http, done.Ok ? NoteTone.Good : NoteTone.Bad, done.Ok ? $"Signed in at {done.Value!.Provider} as {done.Value.Account}. The worker reads {done.Value.Address} from now on." : $"{done.Problem!.Title}. {done.Problem.Detail}");
        return TypedResults.Redirect("/mailboxes");
    }

    private static async Task<RedirectHttpResult> Breaker([FromForm] string provider, [FromForm] BreakerForce force, ApiClient api, Notes notes, HttpContext http)
    {
        var forced = await api.ForceMailBreakerAsync(provider, force, null, http.RequestAborted);
        notes.Leave(http, forced.Ok ? NoteTone.Good : NoteTone.Bad, forced.Problem is { } problem ? $"{problem.Title}. {problem.Detail}" : force switch
        {
            BreakerForce.Open => $"{provider} is asked nothing until you say otherwise. Mailboxes with a fallback are read by that.",
            BreakerForce.Closed => $"{provider} is asked whatever happens.",
            _ => $"{provider} is asked as it goes.",
        });
        return TypedResults.Redirect("/mailboxes");
    }

    /// <summary>Where the provider sends the browser back to; registered there.</summary>
    internal static string Redirect(WebOptions options, HttpContext http)
        => $"{(options.PublicUrl ?? $"{http.Request.Scheme}://{http.Request.Host}").TrimEnd('/')}{Back}";
}
