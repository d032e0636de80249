using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Messages;

/// <summary>What operators do on the message page. Each form goes back to the page with a note; only words that could not be saved stay in place.</summary>
internal static class MessageEndpoints
{
    public static void MapMessageActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/messages/{id:long}").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/approve", Approve);
        forms.MapPost("/save", Save);
        forms.MapPost("/reject", Reject);
        forms.MapPost("/reopen", Reopen);
        forms.MapPost("/category", Correct);
        forms.MapPost("/priority", Prioritize);
        forms.MapPost("/triage-again", TriageAgain);
    }

    private static async Task<IResult> Approve(long id, [FromForm] DraftForm form, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ApproveAsync(form.Draft, form.Version, form.Words, http.RequestAborted);
        if (answer.Problem is { } problem)
            return Kept(id, form, problem);
        notes.Leave(http, NoteTone.Good, "Approved. You can take it back until it is sent.");
        return Back(id);
    }

    private static async Task<IResult> Save(long id, [FromForm] DraftForm form, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.EditAsync(form.Draft, form.Version, form.Words, http.RequestAborted);
        if (answer.Problem is { } problem)
            return Kept(id, form, problem);
        notes.Leave(http, NoteTone.Good, "Saved. Nothing is sent until you approve.");
        return Back(id);
    }

    private static async Task<IResult> Reject(long id, [FromForm] DraftForm form, ApiClient api, Notes notes, HttpContext http)
    {
        var reason = string.IsNullOrWhiteSpace(form.Reason) ? null : form.Reason.Trim();
        var answer = await api.RejectAsync(form.Draft, form.Version, reason, http.RequestAborted);
        if (answer.Problem is { } problem)
            return Kept(id, form, problem);
        notes.Leave(http, NoteTone.Good, "Rejected. This draft will not be sent.");
        return Back(id);
    }

    private static async Task<RedirectHttpResult> Reopen(long id, [FromForm] DraftForm form, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ReopenAsync(form.Draft, form.Version, http.RequestAborted);
        Tell(notes, http, answer.Problem, "Taken back. The draft waits for you again.");
        return Back(id);
    }

    private static async Task<RedirectHttpResult> Correct(long id, [FromForm] string? category, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.CorrectAsync(id, category ?? "", http.RequestAborted);
        Tell(notes, http, answer.Problem, "Corrected. Triage learns from it.");
        return Back(id);
    }

    private static async Task<RedirectHttpResult> Prioritize(long id, [FromForm] int priority, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.PrioritizeAsync(id, priority, http.RequestAborted);
        Tell(notes, http, answer.Problem, "Corrected. Triage learns from it.");
        return Back(id);
    }

    private static async Task<RedirectHttpResult> TriageAgain(long id, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.RetriageAsync(id, http.RequestAborted);
        Tell(notes, http, answer.Problem, "Triage looks at it again. This page follows by itself.");
        return Back(id);
    }

    private static void Tell(Notes notes, HttpContext http, ApiProblem? problem, string done) =>
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");

    /// <summary>The page again with what the operator wrote: a conflict must not cost anybody their words.</summary>
    private static RazorComponentResult<MessagePage> Kept(long id, DraftForm form, ApiProblem problem) =>
        new(new Dictionary<string, object?> { [nameof(MessagePage.Id)] = id, [nameof(MessagePage.Unsaved)] = new UnsavedWords(form.Words, problem) })
        {
            StatusCode = problem.Kind switch
            {
                ProblemKind.Conflict => StatusCodes.Status409Conflict,
                ProblemKind.Refused => StatusCodes.Status422UnprocessableEntity,
                _ => StatusCodes.Status502BadGateway,
            },
        };

    private static RedirectHttpResult Back(long id) => TypedResults.Redirect($"/messages/{id}");
}

/// <summary>The form around a draft. Version is what the operator saw.</summary>
internal sealed class DraftForm
{
    public long Draft { get; set; }
    public int Version { get; set; }
    public string? Body { get; set; }
    public string? Reason { get; set; }

    /// <summary>Browsers send CRLF (HTML, form submission); drafts hold LF, and unchanged words must compare as unchanged.</summary>
    public string Words => (Body ?? "").ReplaceLineEndings("\n");
}

/// <summary>What an operator wrote and the Api did not take.</summary>
public sealed record UnsavedWords(string Body, ApiProblem Problem);
