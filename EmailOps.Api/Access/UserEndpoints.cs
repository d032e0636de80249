using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Access;

/// <summary>People and keys: an administrator's.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var users = app.MapGroup("").WithTags("Users").Needs(Permission.Admin).AnswersSecrets();
        users.MapGet(AccessRoutes.Users, async (UserStore store, CancellationToken cancel) => TypedResults.Ok(await store.AllAsync(cancel)));
        users.MapPost(AccessRoutes.Users, Add);
        users.MapPut(AccessRoutes.User, Change);
        users.MapPost(AccessRoutes.UserInvitation, Invite);
        users.MapDelete(AccessRoutes.UserSessions, async Task<Results<NoContent, ProblemHttpResult>> (long id, HttpContext context, SessionStore sessions, CancellationToken cancel)
            => await sessions.EndAllAsync(id, context.Actor(), cancel) ? TypedResults.NoContent() : ApiProblems.NotFound("user", id));

        users.MapGet(AccessRoutes.Keys, async (KeyStore keys, CancellationToken cancel) => TypedResults.Ok(await keys.AllAsync(cancel)));
        users.MapPost(AccessRoutes.Keys, AddKey);
        users.MapPost(AccessRoutes.KeyRevoke, async Task<Results<Ok<KeyView>, ProblemHttpResult>> (long id, HttpContext context, KeyStore keys, CancellationToken cancel)
            => await keys.RevokeAsync(id, context.Actor(), cancel) is { } revoked ? TypedResults.Ok(revoked) : ApiProblems.NotFound("key that could be revoked", id));
    }

    private static async Task<Results<Created<UserAdded>, ProblemHttpResult>> Add(AddUser body, HttpContext context, UserStore store, CancellationToken cancel)
    {
        var written = await store.AddAsync(body.Name?.Trim() ?? "", body.Role, context.Actor(), cancel);
        return written.Problem is { } problem ? ApiProblems.Invalid(problem) : TypedResults.Created(AccessRoutes.Users, new UserAdded((await store.FindAsync(written.Id, cancel))!, written.Invitation!));
    }

    private static async Task<Results<Created<KeyAdded>, ProblemHttpResult>> AddKey(AddKey body, HttpContext context, KeyStore keys, CancellationToken cancel)
    {
        var written = await keys.AddAsync(body, context.Actor(), cancel);
        return written.Added is { } made ? TypedResults.Created(AccessRoutes.Keys, made) : ApiProblems.Invalid(written.Problem!);
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> Change(long id, ChangeUser body, HttpContext context, UserStore store, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var written = await store.ChangeAsync(id, version, body, context.Actor(), cancel);
        return written.Outcome == WriteOutcome.Done ? TypedResults.Ok((await store.FindAsync(id, cancel))!)
            : written.Problem is { } problem ? ApiProblems.Conflict(problem) : ApiProblems.Of(written.Outcome, "user", id);
    }

    private static async Task<Results<Ok<UserAdded>, ProblemHttpResult>> Invite(long id, HttpContext context, UserStore store, CancellationToken cancel)
    {
        var written = await store.InviteAsync(id, context.Actor(), cancel);
        return written.Outcome == WriteOutcome.Done ? TypedResults.Ok(new UserAdded((await store.FindAsync(id, cancel))!, written.Invitation!))
            : written.Problem is { } problem ? ApiProblems.Conflict(problem) : ApiProblems.Of(written.Outcome, "user", id);
    }
}
