using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Outbox;

/// <summary>Replies on their way and what people order about them. Where the row stands decides: whoever comes too late is told, and nothing happens.</summary>
internal static class OutboxEndpoints
{
    private const int Most = 500;

    public static void MapOutbox(this IEndpointRouteBuilder app)
    {
        var outbox = app.MapGroup("").WithTags("Outbox").Needs(Permission.Read);
        outbox.MapGet(Routes.Outbound, List);
        outbox.MapPost(Routes.OutboundCancel, Cancel).Needs(Permission.Operate);
        outbox.MapPost(Routes.OutboundSendNow, SendNow).Needs(Permission.Operate);
        outbox.MapPost(Routes.OutboundSettle, Settle).Needs(Permission.Operate);
        outbox.MapGet(Routes.Brakes, async (BrakeStore brakes, CancellationToken cancel) => TypedResults.Ok(await brakes.InForceAsync(cancel)));
        outbox.MapPost(Routes.BrakeLift, Lift).Needs(Permission.Operate);
    }

    private static async Task<Ok<OutboundView[]>> List(OutboundState? state, int? take, string? cursor, HttpContext context, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (most, before) = (Math.Clamp(take ?? 100, 1, Most), Paging.Before(cursor));
        var rows = await db.Outbound.AsNoTracking().Where(o => (state == null || o.State == state) && o.Id < before).OrderByDescending(o => o.Id).Take(most).ToListAsync(cancel);
        Paging.Next(context, rows, most, o => o.Id);
        return TypedResults.Ok(rows.Select(o => o.View()).ToArray());
    }

    private static async Task<Results<Ok<OutboundView>, ProblemHttpResult>> Cancel(long id, HttpContext context, OutboxPeople people, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
        => await AnswerAsync(id, await people.CancelAsync(id, context.Actor(), cancel), databases, cancel);

    private static async Task<Results<Ok<OutboundView>, ProblemHttpResult>> SendNow(long id, HttpContext context, OutboxPeople people, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
        => await AnswerAsync(id, await people.SendNowAsync(id, context.Actor(), cancel), databases, cancel);

    private static async Task<Results<Ok<OutboundView>, ProblemHttpResult>> Settle(long id, SettleOutbound settled, HttpContext context, OutboxPeople people, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
        => await AnswerAsync(id, await people.SettleAsync(id, settled.WasSent, context.Actor(), cancel), databases, cancel);

    private static async Task<Results<NoContent, ProblemHttpResult>> Lift(long id, HttpContext context, BrakeStore brakes, CancellationToken cancel)
        => await brakes.LiftAsync(id, context.Actor(), cancel) ? TypedResults.NoContent() : ApiProblems.NotFound("brake in force", id);

    private static async Task<Results<Ok<OutboundView>, ProblemHttpResult>> AnswerAsync(long id, WriteOutcome outcome, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        if (outcome != WriteOutcome.Done) return ApiProblems.Of(outcome, "reply", id);
        await using var db = await databases.CreateDbContextAsync(cancel);
        return TypedResults.Ok((await db.Outbound.AsNoTracking().SingleAsync(o => o.Id == id, cancel)).View());
    }
}
