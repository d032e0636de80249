using System.Globalization;
using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Access;

/// <summary>The way in. For consoles only, which have the installation's key; what they get is a session's key, which may no more than its person.</summary>
internal static class SignInEndpoints
{
    /// <summary>Guards the table of used links against rows that stay for ever: no link lives longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var consoles = app.MapGroup("").WithTags("Sign-in").Needs(Permission.Admin).AnswersSecrets();
        consoles.MapPost(AccessRoutes.SignIn, (PasswordSignIn body, HttpContext context, SignInDesk desk, CancellationToken cancel)
            => body is { Name: not null, Password: not null } ? AnswerAsync(context, () => desk.ByPasswordAsync(body.Name, body.Password, body.Address, cancel)) : Unusable());
        consoles.MapPost(AccessRoutes.SignInByLink, ByLink);
        consoles.MapPost(AccessRoutes.SignInByInvitation, (InvitationSignIn body, HttpContext context, SignInDesk desk, CancellationToken cancel)
            => AnswerAsync(context, () => desk.ByInvitationAsync(body, cancel)));
    }

    private static Task<Results<Ok<SignedIn>, ProblemHttpResult>> ByLink(LinkSignIn body, HttpContext context, SignInDesk desk, TimeProvider clock, CancellationToken cancel)
    {
        if (body.Link is not { Length: 64 } || !body.Link.All(char.IsAsciiHexDigitLower)) return Refused("link is the SHA-256 of a link's secret: 64 hexadecimal digits in lower case.");
        if (body.Ends - clock.GetUtcNow() > Longest) return Refused($"ends is more than {Longest.TotalDays} days ahead.");
        return AnswerAsync(context, () => desk.ByLinkAsync(body, cancel));
    }

    private static async Task<Results<Ok<SignedIn>, ProblemHttpResult>> AnswerAsync(HttpContext context, Func<Task<SignInAnswer>> ask)
    {
        SignInAnswer answer;
        try
        {
            answer = await ask();
        }
        catch (BusyException busy)
        {
            answer = new SignInAnswer(null, busy.Message, TimeSpan.FromSeconds(5));
        }
        if (answer.Done is { } done) return TypedResults.Ok(done);
        if (answer.IsSpent) return ApiProblems.Conflict(answer.Problem!);
        if (answer.RetryAfter is not { } wait) return TypedResults.Problem(answer.Problem, statusCode: 422, title: "Not signed in");
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(answer.Problem, statusCode: 429, title: "Too many attempts");
    }

    private static Task<Results<Ok<SignedIn>, ProblemHttpResult>> Unusable() => Refused("Send name and password.");

    private static Task<Results<Ok<SignedIn>, ProblemHttpResult>> Refused(string detail) => Task.FromResult<Results<Ok<SignedIn>, ProblemHttpResult>>(ApiProblems.Invalid(detail));
}
