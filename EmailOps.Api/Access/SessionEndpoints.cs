using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Access;

/// <summary>What everybody may do about the own session, whatever the role.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("").WithTags("Session").Needs(Permission.Read);
        own.MapGet(AccessRoutes.Session, (HttpContext context)
            => TypedResults.Ok(new CallerView(context.User.Identity?.Name ?? "", Tokens.Role(context.User.FindFirst(Permission.ScopeClaim)?.Value ?? ""), context.UserId(), context.Ends())));
        own.MapDelete(AccessRoutes.Session, async (HttpContext context, SessionStore sessions, CancellationToken cancel) =>
        {
            await sessions.EndAsync(Token(context), cancel);
            return TypedResults.NoContent();
        });
        own.MapDelete(AccessRoutes.Sessions, EndAll);
        own.MapPost(AccessRoutes.SessionPassword, ChangeOwn);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAll(HttpContext context, SessionStore sessions, CancellationToken cancel)
    {
        if (context.UserId() is not { } id) return NoPerson();
        await sessions.EndAllAsync(id, context.Actor(), cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeOwn(ChangePassword body, HttpContext context, UserStore users, CancellationToken cancel)
    {
        if (context.UserId() is not { } id) return NoPerson();
        if (body is not { Old: not null, New: not null }) return ApiProblems.Invalid("Send the old and the new password.");
        return await users.ChangePasswordAsync(id, body, Token(context), cancel) is { } problem
            ? TypedResults.Problem(problem, statusCode: 422, title: "The password was not changed")
            : TypedResults.NoContent();
    }

    private static ProblemHttpResult NoPerson() => ApiProblems.Invalid("This is for people who signed in; a key has no account.");

    private static string Token(HttpContext context)
    {
        var header = context.Request.Headers["X-Api-Key"].ToString();
        return header.Length > 0 ? header : Caller.Bearer(context.Request);
    }
}
