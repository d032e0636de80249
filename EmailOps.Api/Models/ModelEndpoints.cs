using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Models;

/// <summary>What mailboxes' models learned, and what people order about them. Changing a model or a budget is an operator's act and leaves an audit entry.</summary>
internal static class ModelEndpoints
{
    private const int MostLessons = 500, MostReports = 50;

    public static void MapModels(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("").WithTags("Models").Needs(Permission.Read);
        models.MapGet(ModelRoutes.Model, Find).Tagged<ModelView>(m => m.Revision);
        models.MapPost(ModelRoutes.RollBack, RollBack).Needs(Permission.Operate);
        models.MapPost(ModelRoutes.Pin, (long id, HttpContext context, ModelPeople people, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
            => Write(id, topic, context, people, v => people.PinAsync(id, v, true, context.Actor(), cancel, topic), cancel)).Needs(Permission.Operate);
        models.MapPost(ModelRoutes.Unpin, (long id, HttpContext context, ModelPeople people, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
            => Write(id, topic, context, people, v => people.PinAsync(id, v, false, context.Actor(), cancel, topic), cancel)).Needs(Permission.Operate);
        models.MapPost(ModelRoutes.Retrain, Retrain).Needs(Permission.Operate);
        models.MapGet(ModelRoutes.Lessons, Lessons);
        models.MapPost(ModelRoutes.LessonUndo, Undo).Needs(Permission.Operate);
        models.MapGet(ModelRoutes.Risk, async (long id, RiskStore risk, CancellationToken cancel) => TypedResults.Ok(await risk.ListAsync(id, cancel)));
        models.MapPut(ModelRoutes.Risk, SaveRisk).Needs(Permission.Operate);
        models.MapGet(ModelRoutes.Drift, async (long id, DriftStore drift, CancellationToken cancel) => TypedResults.Ok(await drift.ListAsync(id, MostReports, cancel)));
    }

    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> Find(long id, ModelPeople people, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
        => await people.FindAsync(id, cancel, topic) is { } model ? TypedResults.Ok(model) : ApiProblems.NotFound("mailbox", id);

    private static Task<Results<Ok<ModelView>, ProblemHttpResult>> RollBack(long id, RollBackModel order, HttpContext context, ModelPeople people, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
        => Write(id, topic, context, people, v => people.RollBackAsync(id, v, order.Number, order.Pin, context.Actor(), cancel, topic), cancel, $"The model of mailbox {id} has no version {order.Number}.");

    private static async Task<Results<Accepted<ModelView>, ProblemHttpResult>> Retrain(long id, HttpContext context, ModelPeople people, CancellationToken cancel, ModelTopic topic = ModelTopic.Categories)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        return await people.RetrainAsync(id, version, context.Actor(), cancel, topic) switch
        {
            WriteOutcome.Done => TypedResults.Accepted(ModelRoutes.Model.Replace("{id:long}", $"{id}", StringComparison.Ordinal), await people.FindAsync(id, cancel, topic)),
            WriteOutcome.WrongState => ApiProblems.Conflict("The model is held where it is. Unpin it, then train it anew."),
            var outcome => ApiProblems.Of(outcome, "model", id),
        };
    }

    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> Write(long id, ModelTopic topic, HttpContext context, ModelPeople people, Func<int, Task<WriteOutcome>> write, CancellationToken cancel, string wrong = "")
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var outcome = await write(version);
        if (outcome == WriteOutcome.WrongState && wrong.Length > 0) return ApiProblems.Invalid(wrong);
        return outcome == WriteOutcome.Done ? TypedResults.Ok(await people.FindAsync(id, cancel, topic)) : ApiProblems.Of(outcome, "model", id);
    }

    private static async Task<Results<Ok<List<LessonView>>, ProblemHttpResult>> Lessons(long id, LessonStore lessons, HttpContext context, CancellationToken cancel, int take = 100, string? cursor = null)
    {
        if (take is < 1 or > MostLessons) return ApiProblems.Invalid($"take is {take}; ask for 1 to {MostLessons}.");
        var rows = await lessons.ListAsync(id, take, cancel, Paging.Before(cursor));
        Paging.Next(context, rows, take, l => l.Id);
        return TypedResults.Ok(rows);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Undo(long id, HttpContext context, LessonUndo undo, CancellationToken cancel)
        => await undo.UndoAsync(id, context.Actor(), cancel) switch
        {
            WriteOutcome.Done => TypedResults.NoContent(),
            WriteOutcome.WrongState => ApiProblems.Conflict("It was taken back already, or it is a decision about a draft: that is taken back where the draft is."),
            var outcome => ApiProblems.Of(outcome, "lesson", id),
        };

    private static async Task<Results<Ok<List<RiskBudgetView>>, ProblemHttpResult>> SaveRisk(long id, SaveRiskBudget budget, HttpContext context, RiskStore risk, TriageSource triage, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        if (budget.Category is null || budget.Category.Length > 0 && triage.Taxonomy.Find(budget.Category) is null) return ApiProblems.Invalid($"There is no category \"{budget.Category}\". Leave it empty for all.");
        if (budget.MostWrong is { } most && !(most > 0 && most <= 0.5)) return ApiProblems.Invalid("mostWrong must be above 0 and at most 0.5; leave it out to take the budget away.");
        if (!(budget.Doubt >= 0.001 && budget.Doubt <= 0.5)) return ApiProblems.Invalid("doubt must be between 0.001 and 0.5.");
        var outcome = await risk.SaveAsync(id, version, budget, context.Actor(), cancel);
        return outcome == WriteOutcome.Done ? TypedResults.Ok(await risk.ListAsync(id, cancel)) : ApiProblems.Of(outcome, "mailbox", id);
    }
}
