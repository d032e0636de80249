using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace EmailOps.Api.Work;

/// <summary>How processing stands, a push to go on now, and what ran out of attempts.</summary>
internal static class ProcessEndpoints
{
    public static void MapProcess(this IEndpointRouteBuilder app)
    {
        var work = app.MapGroup("").WithTags("Work").Needs(Permission.Read);
        work.MapGet(Routes.ProcessStatus, async (ProcessFigures figures, CancellationToken cancel) => TypedResults.Ok(await figures.StatusAsync(cancel)));
        work.MapPost(Routes.ProcessTrigger, Trigger).Needs(Permission.Operate);
        work.MapGet(Routes.DeadLetters, DeadLetters);
        work.MapPost(Routes.DeadLetterRetry, Retry).Needs(Permission.Operate);
    }

    private static async Task<Accepted<TriggerAnswer>> Trigger(TriggerRequest? request, HttpContext context, WorkQueue queue, CancellationToken cancel)
        => TypedResults.Accepted(Routes.ProcessStatus, new TriggerAnswer(await queue.TriggerAsync(request?.MailboxId, cancel, context.Actor())));

    private static async Task<Ok<List<DeadLetterView>>> DeadLetters(string? cursor, int? take, HttpContext context, NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        // What an item is about depends on its stage; the message is what people know it by.
        var most = Math.Clamp(take ?? 200, 1, 500);
        var letters = await Sql.QueryAsync(connection, """
            select w.id, w.stage, coalesce(m.id, 0), m.subject, w.attempts, coalesce(w.last_error, ''), w.died_at
            from work_item w
            left join draft d on w.stage = $1 and d.id = w.subject_id
            left join outbound_message o on w.stage = any($2) and o.id = w.subject_id
            left join message m on m.id = case when w.stage = $1 then d.message_id when w.stage = any($2) then o.message_id else w.subject_id end
            where w.died_at is not null and w.id < $3 order by w.id desc limit $4
            """, [(short)Stage.Delivery, new[] { (short)Stage.Sending, (short)Stage.SentCopy }, Paging.Before(cursor), most],
            r => new DeadLetterView(r.GetInt64(0), ((Stage)r.GetInt16(1)).ToString(), r.GetInt64(2), r.IsDBNull(3) ? null : r.GetString(3), r.GetInt16(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6)), cancel);
        Paging.Next(context, letters, most, l => l.Id);
        return TypedResults.Ok(letters);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(long id, HttpContext context, WorkQueue queue, CancellationToken cancel)
        => await queue.ReviveAsync(id, context.Actor(), cancel) ? TypedResults.Accepted(Routes.ProcessStatus) : ApiProblems.NotFound("dead letter", id);
}

/// <param name="Woken">Items that were waiting for their time and are now ready.</param>
internal sealed record TriggerAnswer(int Woken);
