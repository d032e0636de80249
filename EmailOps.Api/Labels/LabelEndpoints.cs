using EmailOps.Api.Keys;
using EmailOps.Api.Messages;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Triage.Labels;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Labels;

/// <summary>The labels a team adds, and putting them on messages. Each word about a message is a lesson for the mailbox's label model.</summary>
internal static class LabelEndpoints
{
    public static void MapLabels(this IEndpointRouteBuilder app)
    {
        var labels = app.MapGroup("").WithTags("Labels").Needs(Permission.Read);
        labels.MapGet(LabelRoutes.Labels, List);
        labels.MapGet(LabelRoutes.Names, async (LabelStore store, CancellationToken cancel) => TypedResults.Ok(await store.NamesAsync(cancel)));
        labels.MapPost(LabelRoutes.Labels, Add).Needs(Permission.Operate);
        labels.MapPut(LabelRoutes.Label, Change).Needs(Permission.Operate);
        labels.MapPost(LabelRoutes.Retire, (long id, HttpContext context, LabelStore store, CancellationToken cancel) => Write(id, context, store, v => store.RetireAsync(id, v, context.Actor(), cancel), cancel)).Needs(Permission.Operate);
        labels.MapPost(LabelRoutes.Restore, (long id, HttpContext context, LabelStore store, CancellationToken cancel) => Write(id, context, store, v => store.RestoreAsync(id, v, context.Actor(), cancel), cancel)).Needs(Permission.Operate);
        labels.MapPost(LabelRoutes.LabelMessages, Bulk).Needs(Permission.Operate);
        labels.MapPut(LabelRoutes.MessageLabel, (long id, long label, HttpContext context, MessageLabels words, MessageDetails details, CancellationToken cancel) => Say(id, label, true, context, words, details, cancel)).Needs(Permission.Operate);
        labels.MapDelete(LabelRoutes.MessageLabel, (long id, long label, HttpContext context, MessageLabels words, MessageDetails details, CancellationToken cancel) => Say(id, label, false, context, words, details, cancel)).Needs(Permission.Operate);
    }

    private static async Task<Ok<List<LabelView>>> List(long id, LabelStore store, CancellationToken cancel, bool retired = false) => TypedResults.Ok(await store.ListAsync(id, retired, cancel));

    private static async Task<Results<Created<LabelView>, ProblemHttpResult>> Add(long id, SaveLabel save, HttpContext context, LabelStore store, CancellationToken cancel)
    {
        if (LabelRules.Problem(save.Name, save.Description) is { } problem) return ApiProblems.Invalid(problem);
        var written = await store.AddAsync(id, save, context.Actor(), cancel);
        return written.Outcome == WriteOutcome.Done
            ? TypedResults.Created(LabelRoutes.Label.Replace("{id:long}", $"{written.Id}", StringComparison.Ordinal), await store.FindAsync(written.Id, cancel))
            : Failed(written, "mailbox", id);
    }

    private static Task<Results<Ok<LabelView>, ProblemHttpResult>> Change(long id, SaveLabel save, HttpContext context, LabelStore store, CancellationToken cancel)
        => LabelRules.Problem(save.Name, save.Description) is { } problem
            ? Task.FromResult<Results<Ok<LabelView>, ProblemHttpResult>>(ApiProblems.Invalid(problem))
            : Write(id, context, store, v => store.ChangeAsync(id, v, save, context.Actor(), cancel), cancel);

    private static async Task<Results<Ok<LabelView>, ProblemHttpResult>> Write(long id, HttpContext context, LabelStore store, Func<int, Task<LabelWrite>> write, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var written = await write(version);
        return written.Outcome == WriteOutcome.Done ? TypedResults.Ok(await store.FindAsync(id, cancel)) : Failed(written, "label", id);
    }

    private static async Task<Results<Ok<LabelledView>, ProblemHttpResult>> Bulk(long id, LabelMessages order, HttpContext context, MessageLabels words, CancellationToken cancel)
    {
        if (order.Messages is not { Count: > 0 and <= LabelRules.MostMessages }) return ApiProblems.Invalid($"messages must name 1 to {LabelRules.MostMessages} messages.");
        var (outcome, changed, problem) = await words.SayAsync(id, order.Messages, order.On, context.Actor(), cancel);
        return outcome == WriteOutcome.Done ? TypedResults.Ok(new LabelledView(order.Messages.Count, changed)) : Failed(new LabelWrite(outcome, Problem: problem), "label", id);
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> Say(long id, long label, bool isOn, HttpContext context, MessageLabels words, MessageDetails details, CancellationToken cancel)
    {
        var (outcome, _, problem) = await words.SayAsync(label, [id], isOn, context.Actor(), cancel);
        if (outcome != WriteOutcome.Done) return Failed(new LabelWrite(outcome, Problem: problem), "label", label);
        return await details.FindAsync(id, cancel) is { } detail ? TypedResults.Ok(detail) : ApiProblems.NotFound("message", id);
    }

    private static ProblemHttpResult Failed(LabelWrite written, string what, long id) => written switch
    {
        { Outcome: WriteOutcome.WrongState, Problem: { } why } => ApiProblems.Conflict(why),
        { Outcome: WriteOutcome.NotFound, Problem: { } why } => TypedResults.Problem(why, statusCode: 404, title: "Not found"),
        var other => ApiProblems.Of(other.Outcome, what, id),
    };
}
