using System.Globalization;
using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Triage.Consulting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Models;

/// <summary>Evaluations on labelled rows and replays of past mail. A worker does them; nothing is sent or decided.</summary>
internal static class AssessmentEndpoints
{
    private const int MostBytes = 20 * 1024 * 1024, MostTaxonomy = 1024 * 1024;

    public static void MapAssessments(this IEndpointRouteBuilder app)
    {
        var assessments = app.MapGroup("").WithTags("Assessments").Needs(Permission.Read);
        assessments.MapGet(ModelRoutes.Assessments, List);
        assessments.MapGet(ModelRoutes.Assessment, Find).Tagged<AssessmentView>();
        assessments.MapGet(ModelRoutes.AssessmentChanges, Changes);
        assessments.MapPost(ModelRoutes.Evaluations, Evaluate).Needs(Permission.Operate).DisableAntiforgery().WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MostBytes + MostTaxonomy));
        assessments.MapPost(ModelRoutes.Replays, Replay).Needs(Permission.Operate);
    }

    private static async Task<Ok<List<AssessmentView>>> List(AssessmentStore store, HttpContext context, CancellationToken cancel, AssessmentKind? kind = null, int take = 100, string? cursor = null)
    {
        var most = Math.Clamp(take, 1, 500);
        var rows = await store.ListAsync(kind, most, cancel, Paging.Before(cursor));
        Paging.Next(context, rows, most, a => a.Id);
        return TypedResults.Ok(rows);
    }

    private static async Task<Results<Ok<AssessmentView>, ProblemHttpResult>> Find(long id, AssessmentStore store, CancellationToken cancel)
        => await store.FindAsync(id, cancel) is { } found ? TypedResults.Ok(found) : ApiProblems.NotFound("assessment", id);

    private static async Task<Results<Ok<List<DecisionChange>>, ProblemHttpResult>> Changes(long id, AssessmentStore store, CancellationToken cancel, int skip = 0, int take = 200)
        => skip < 0 || take is < 1 or > 1000 ? ApiProblems.Invalid("skip must not be negative, take must be between 1 and 1000.") : TypedResults.Ok(await store.ChangesAsync(id, skip, take, cancel));

    private static async Task<Results<Accepted<AssessmentView>, ProblemHttpResult>> Evaluate(HttpRequest request, HttpContext context, AssessmentStore store, ModelPeople models, CancellationToken cancel)
    {
        if (!request.HasFormContentType) return ApiProblems.Invalid("Send multipart/form-data with the CSV as \"file\".");
        var form = await request.ReadFormAsync(cancel);
        if (form.Files.GetFile("file") is not { Length: > 0 } file) return ApiProblems.Invalid("Send the labelled CSV as \"file\"; it is empty or missing.");
        if (file.Length > MostBytes) return ApiProblems.TooLarge($"{file.Length:N0} bytes; at most {MostBytes:N0} are read.");
        var asks = form["askModel"] == "true";
        if (!Number(form["most"], out var most) || most is < 1 or > ReplayDesk.MostMessages) return ApiProblems.Invalid($"most must be between 1 and {ReplayDesk.MostMessages}.");
        if (!Number(form["mailbox"], out var mailbox) || !Number(form["model"], out var model) || model is < 0 or > int.MaxValue) return ApiProblems.Invalid("mailbox and model are numbers, or left out.");
        if (await ProblemAsync(models, mailbox, (int?)model, cancel) is { } problem) return problem;
        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, cancel);
        var name = Path.GetFileName(file.FileName);
        return await AcceptedAsync(store, await store.AddAsync(AssessmentKind.Evaluation, mailbox, new AssessmentAsked(name.Length > 100 ? name[..100] : name, (int?)model, Most: asks ? (int?)most ?? ReplayDesk.UsualMessages : null), bytes.ToArray(), context.Actor(), null, cancel), cancel);
    }

    private static async Task<Results<Accepted<AssessmentView>, ProblemHttpResult>> Replay(StartReplay start, HttpContext context, AssessmentStore store, ModelPeople models, ReplayDesk desk, CancellationToken cancel)
    {
        if (start.Days is < 1 or > 365) return ApiProblems.Invalid("days must be between 1 and 365.");
        var asks = start.AskModel || start.Prompts is not null;
        if (start is { Model: null, Bands: null, Risk: null } && string.IsNullOrWhiteSpace(start.Taxonomy) && !asks) return ApiProblems.Invalid("Name what to try: a model version, a taxonomy, bands, a risk budget, prompts, or asking the language model.");
        if (asks && !string.IsNullOrWhiteSpace(start.Taxonomy)) return ApiProblems.Invalid("A language model is asked with the taxonomy in force: try a taxonomy without prompts and without asking.");
        if (start.Most is < 1 or > ReplayDesk.MostMessages) return ApiProblems.Invalid($"most must be between 1 and {ReplayDesk.MostMessages}.");
        if (start.Risk is { } risk && !(risk > 0 && risk <= 0.5)) return ApiProblems.Invalid("risk must be above 0 and at most 0.5.");
        if (start.Taxonomy?.Length > MostTaxonomy) return ApiProblems.TooLarge($"The taxonomy has {start.Taxonomy.Length:N0} characters; at most {MostTaxonomy:N0} are read.");
        IReadOnlyList<string>? versions = null;
        try
        {
            if (start.Bands is { } bands) ReplaySource.Bands(bands);
            if (start.Prompts is { } prompts) versions = desk.Versions(prompts);
        }
        catch (Exception failure) when (failure is AssessmentException or PromptException)
        {
            return ApiProblems.Invalid(failure.Message);
        }
        if (await ProblemAsync(models, start.MailboxId, start.Model, cancel) is { } problem) return problem;
        var taxonomy = string.IsNullOrWhiteSpace(start.Taxonomy) ? null : System.Text.Encoding.UTF8.GetBytes(start.Taxonomy);
        var asked = new AssessmentAsked(taxonomy is null ? null : "the taxonomy sent", start.Model, start.Days, start.Bands, start.Risk, asks ? start.Most ?? ReplayDesk.UsualMessages : null, versions);
        return await AcceptedAsync(store, await store.AddAsync(AssessmentKind.Replay, start.MailboxId, asked, start.Prompts is { } sent ? ReplayDesk.Keep(sent) : taxonomy, context.Actor(), null, cancel), cancel);
    }

    /// <summary>A version belongs to a mailbox, and must be there.</summary>
    private static async Task<ProblemHttpResult?> ProblemAsync(ModelPeople models, long? mailbox, int? model, CancellationToken cancel)
    {
        if (model is > 0 && mailbox is null) return ApiProblems.Invalid("A version belongs to a mailbox: name the mailbox too.");
        if (mailbox is not { } id) return null;
        if (await models.FindAsync(id, cancel) is not { } found) return ApiProblems.NotFound("mailbox", id);
        return model is > 0 && found.History.All(v => v.Number != model) ? ApiProblems.Invalid($"The model of {found.Address} has no version {model}.") : null;
    }

    private static async Task<Accepted<AssessmentView>> AcceptedAsync(AssessmentStore store, long id, CancellationToken cancel)
        => TypedResults.Accepted(ModelRoutes.Assessment.Replace("{id:long}", $"{id}", StringComparison.Ordinal), await store.FindAsync(id, cancel));

    private static bool Number(string? text, out long? number)
    {
        number = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        number = value;
        return true;
    }
}
