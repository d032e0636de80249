using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

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

    private static async Task<Accepted<TriggerAnswer>> Trigger(TriggerRequest? request, WorkQueue queue, CancellationToken cancel)
        => TypedResults.Accepted(Routes.ProcessStatus, new TriggerAnswer(await queue.TriggerAsync(request?.MailboxId, cancel)));

    private static async Task<Ok<DeadLetterView[]>> DeadLetters(IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var dead = await (from w in db.Work.AsNoTracking()
                          where w.DiedAt != null
                          join d in db.Drafts on w.SubjectId equals d.Id into drafts
                          from d in drafts.Where(x => w.Stage == Stage.Delivery).DefaultIfEmpty()
                          join m in db.Messages on (w.Stage == Stage.Delivery ? d!.MessageId : w.SubjectId) equals m.Id into messages
                          from m in messages.DefaultIfEmpty()
                          orderby w.DiedAt descending
                          select new { Work = w, MessageId = m == null ? 0 : m.Id, Subject = m == null ? null : m.Subject }).Take(200).ToListAsync(cancel);
        return TypedResults.Ok(dead.Select(d => new DeadLetterView(d.Work.Id, d.Work.Stage.ToString(), d.MessageId, d.Subject, d.Work.Attempts, d.Work.LastError ?? "", d.Work.DiedAt!.Value)).ToArray());
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(long id, WorkQueue queue, CancellationToken cancel)
        => await queue.ReviveAsync(id, cancel) ? TypedResults.Accepted(Routes.ProcessStatus) : ApiProblems.NotFound("dead letter", id);
}

/// <param name="Woken">Items that were waiting for their time and are now ready.</param>
internal sealed record TriggerAnswer(int Woken);
