using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.SignIn;

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var strangers = app.MapGroup("").AllowAnonymous().RequireFormToken().RequireRateLimiting(SignInLimit.Policy);
        strangers.MapPost("/sign-in", SignIn);
        strangers.MapPost("/invitation", Accept);

        app.MapGroup("").RequireAuthorization(Permission.Viewer).RequireFormToken().MapPost("/sign-out", (Delegate)SignOut);
        app.MapGroup("").RequireAuthorization(Permission.Admin).RequireFormToken().MapPost("/sign-in-links", NewLink);

        // For the command line: who holds the Api key may ask for a link. No form, hence no form token.
        app.MapPost("/sign-in-links/by-key", NewLinkByKey).AllowAnonymous().RequireRateLimiting(SignInLimit.Policy);
    }

    /// <summary>By name and password; with a link's token it makes the account, or chooses the password anew.</summary>
    private static async Task<RedirectHttpResult> SignIn([FromForm] string? token, [FromForm] string? name, [FromForm] string? password, [FromForm] string? returnUrl, SignInLinks links, ApiClient api, Notes notes, HttpContext http)
    {
        var where = http.Connection.RemoteIpAddress?.ToString();
        if (token is null)
        {
            var answer = await api.SignInAsync(new PasswordSignIn(name ?? "", password ?? "", where), http.RequestAborted);
            return answer.Ok ? await EnterAsync(answer.Value, returnUrl, api, http) : Refuse($"/sign-in{QueryString.Create("returnUrl", LocalAddress.OrHome(returnUrl))}", answer.Problem, notes, http);
        }
        // First here, which needs no question; then by the Api, which knows what other console processes let in.
        if (!links.IsOpen(token))
            return TypedResults.Redirect("/sign-in?refused=true");
        var made = await api.SignInAsync(new LinkSignIn(SignInLinks.Id(token), links.End(token)!.Value, OperatorName.Clean(name), password ?? "", where), http.RequestAborted);
        if (made.Ok)
        {
            links.Redeem(token);
            return await EnterAsync(made.Value, returnUrl, api, http);
        }
        return made.Problem.Kind == ProblemKind.Conflict ? TypedResults.Redirect("/sign-in?refused=true") : Refuse($"/sign-in{QueryString.Create("token", token)}", made.Problem, notes, http);
    }

    private static async Task<RedirectHttpResult> Accept([FromForm] string? token, [FromForm] string? password, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.SignInAsync(new InvitationSignIn(token ?? "", password ?? "", http.Connection.RemoteIpAddress?.ToString()), http.RequestAborted);
        return answer.Ok ? await EnterAsync(answer.Value, null, api, http) : Refuse($"/invitation{QueryString.Create("token", token ?? "")}", answer.Problem, notes, http);
    }

    private static RedirectHttpResult Refuse(string back, ApiProblem problem, Notes notes, HttpContext http)
    {
        notes.Leave(http, NoteTone.Bad, $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back);
    }

    private static async Task<RedirectHttpResult> EnterAsync(SignedIn session, string? returnUrl, ApiClient api, HttpContext http)
    {
        // Whoever was signed in here before is not any more.
        if (OperatorSession.Token(http.User) is { Length: > 0 } before)
            await api.SignOutAsync(before, http.RequestAborted);
        await http.SignInAsync(OperatorSession.Person(session.Name, session.Role, session.Token), new AuthenticationProperties { IsPersistent = true });
        return TypedResults.Redirect(LocalAddress.OrHome(returnUrl));
    }

    private static async Task<RedirectHttpResult> SignOut(ApiClient api, HttpContext http)
    {
        await api.SignOutAsync(OperatorSession.Token(http.User), http.RequestAborted);
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
