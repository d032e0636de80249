using System.Globalization;
using System.Net.Http.Headers;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Models;

/// <summary>What operators order about models, budgets, evaluations and replays. Each form leads back to its page with a note.</summary>
internal static class ModelEndpoints
{
    private const long MostBytes = 21 * 1024 * 1024;
    private const int MostPrompts = 10;

    public static void MapModelActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/model").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/{id:long}/rollback", (long id, [FromForm] int revision, [FromForm] int number, [FromForm] ModelTopic? topic, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.RollBackAsync(id, revision, number, pin: true, topic, http.RequestAborted),
                $"{(number > 0 ? $"Version {number}" : topic == ModelTopic.Labels ? "No label model" : "The base model")} is in force, and held there until you let it learn.", Page(id, topic), notes, http));
        forms.MapPost("/{id:long}/pin", (long id, [FromForm] int revision, [FromForm] ModelTopic? topic, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.PinAsync(id, revision, true, topic, http.RequestAborted), "Held. What people decide waits.", Page(id, topic), notes, http));
        forms.MapPost("/{id:long}/unpin", (long id, [FromForm] int revision, [FromForm] ModelTopic? topic, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.PinAsync(id, revision, false, topic, http.RequestAborted), "It learns again, first what waited.", Page(id, topic), notes, http));
        forms.MapPost("/{id:long}/retrain", (long id, [FromForm] int revision, [FromForm] ModelTopic? topic, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.RetrainAsync(id, revision, topic, http.RequestAborted), "A worker trains it anew. It takes over only if nothing gets worse.", Page(id, topic), notes, http));
        forms.MapPost("/lessons/{id:long}/undo", (long id, [FromForm] long mailbox, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.UndoLessonAsync(id, http.RequestAborted), "Taken back. The model is made without it.", $"/model?mailbox={mailbox}", notes, http));
        forms.MapPost("/{id:long}/risk", Risk);
        forms.MapPost("/evaluations", Evaluate).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).WithFormOptions(multipartBodyLengthLimit: MostBytes);
        forms.MapPost("/replays", Replay).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).WithFormOptions(multipartBodyLengthLimit: MostBytes);
    }

    private static string Page(long mailbox, ModelTopic? topic) => string.Create(CultureInfo.InvariantCulture, $"/model{(topic == ModelTopic.Labels ? "/labels" : "")}?mailbox={mailbox}");

    private static Task<RedirectHttpResult> Risk(long id, [FromForm] int version, [FromForm] string? category, [FromForm] string? most, [FromForm] string? doubt, [FromForm] string? none, ApiClient api, Notes notes, HttpContext http)
    {
        var back = $"/model/risk?mailbox={id}";
        if (none == "true") return DoAsync(api.SaveRiskAsync(id, version, new SaveRiskBudget(category ?? "", null), http.RequestAborted), "Taken away; the bands hold.", back, notes, http);
        if (Percent(most) is not { } share || Percent(doubt) is not { } fails) return Task.FromResult(Told(new ApiProblem(ProblemKind.Refused, "Not a number", "Write per cent as a number, for example 2."), "", back, notes, http));
        return DoAsync(api.SaveRiskAsync(id, version, new SaveRiskBudget(category ?? "", share, fails), http.RequestAborted), "Set. The page says what it means for now.", back, notes, http);
    }

    private static async Task<RedirectHttpResult> Evaluate(HttpRequest request, ApiClient api, Notes notes, HttpContext http)
    {
        var form = await request.ReadFormAsync(http.RequestAborted);
        if (form.Files.GetFile("file") is not { Length: > 0 } file)
            return Told(new ApiProblem(ProblemKind.Refused, "No file was chosen", "Choose a CSV whose first line names the columns."), "", "/model/evaluations", notes, http);
        using var content = new MultipartFormDataContent();
        if (form["mailbox"].ToString() is { Length: > 0 } mailbox)
            content.Add(new StringContent(mailbox), "mailbox");
        if (form["ask"] == "true")
            content.Add(new StringContent("true"), "askModel");
        if (form["most"].ToString().Trim() is { Length: > 0 } most)
            content.Add(new StringContent(most), "most");
        var part = new StreamContent(file.OpenReadStream());
        part.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        content.Add(part, "file", Messages.FileName.Safe(file.FileName, "labelled.csv"));
        var answer = await api.UploadAsync<AssessmentView>(Reading.Plain(ModelRoutes.Evaluations), content, http.RequestAborted);
        return Told(answer.Problem, "A worker judges it now. This page follows by itself.", answer.Ok ? $"/model/evaluations/{answer.Value.Id}" : "/model/evaluations", notes, http);
    }

    private static async Task<RedirectHttpResult> Replay(HttpRequest request, ApiClient api, Notes notes, HttpContext http)
    {
        var form = await request.ReadFormAsync(http.RequestAborted);
        string? taxonomy = null;
        if (form.Files.GetFile("taxonomy") is { Length: > 0 } file)
        {
            using var reader = new StreamReader(file.OpenReadStream());
            taxonomy = await reader.ReadToEndAsync(http.RequestAborted);
        }
        var bands = form["bands"].ToString().Trim();
        var prompts = await PromptsAsync(form, http.RequestAborted);
        var start = new StartReplay((int)(Number(form["days"]) ?? 7), Number(form["mailbox"]), (int?)Number(form["model"]), bands.Length > 0 ? bands : null, Percent(form["risk"]), taxonomy,
            form["ask"] == "true", (int?)Number(form["most"]), prompts.Count > 0 ? prompts : null);
        var answer = await api.StartReplayAsync(start, http.RequestAborted);
        return Told(answer.Problem, "A worker replays it now. This page follows by itself.", answer.Ok ? $"/model/replays/{answer.Value.Id}" : "/model/replays", notes, http);
    }

    /// <summary>Chosen files by their names without the ending, and what was pasted.</summary>
    private static async Task<Dictionary<string, string>> PromptsAsync(IFormCollection form, CancellationToken cancel)
    {
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in form.Files.GetFiles("prompts").Where(f => f.Length > 0).Take(MostPrompts))
        {
            using var reader = new StreamReader(file.OpenReadStream());
            prompts[Path.GetFileNameWithoutExtension(file.FileName)] = await reader.ReadToEndAsync(cancel);
        }
        foreach (var name in ReplaysPage.Prompts)
            if (form[$"prompt-{name}"].ToString() is var pasted && !string.IsNullOrWhiteSpace(pasted)) prompts[name] = pasted;
        return prompts;
    }

    private static double? Percent(string? text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent / 100 : null;

    private static long? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static async Task<RedirectHttpResult> DoAsync<T>(Task<Answer<T>> order, string done, string back, Notes notes, HttpContext http) => Told((await order).Problem, done, back, notes, http);

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back);
    }
}
