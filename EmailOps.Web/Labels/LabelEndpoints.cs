using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Labels;

/// <summary>What operators order about labels. Each form leads back to its page with a note.</summary>
internal static class LabelEndpoints
{
    public static void MapLabelActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/labels", ([FromForm] LabelForm form, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.AddLabelAsync(form.Mailbox, form.Save, http.RequestAborted), "Added. It stands on the pages of messages now.", Page(form.Mailbox), notes, http));
        forms.MapPost("/labels/{id:long}", (long id, [FromForm] LabelForm form, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.ChangeLabelAsync(id, form.Version, form.Save, http.RequestAborted), "Saved. What is labelled stays.", Page(form.Mailbox), notes, http));
        forms.MapPost("/labels/{id:long}/retire", (long id, [FromForm] LabelForm form, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.RetireLabelAsync(id, form.Version, true, http.RequestAborted), "Retired. Restore brings it back with all that was labelled.", Page(form.Mailbox), notes, http));
        forms.MapPost("/labels/{id:long}/restore", (long id, [FromForm] LabelForm form, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.RetireLabelAsync(id, form.Version, false, http.RequestAborted), "It is in use again.", Page(form.Mailbox), notes, http));
        forms.MapPost("/labels/apply", Apply);
        forms.MapPost("/messages/{id:long}/label", (long id, [FromForm] long label, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.SayLabelAsync(id, label, true, http.RequestAborted), "Put on. Triage learns from it.", $"/messages/{id}", notes, http));
        forms.MapPost("/messages/{id:long}/label-off", (long id, [FromForm] long label, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.SayLabelAsync(id, label, false, http.RequestAborted), "Off. Triage learns from it.", $"/messages/{id}", notes, http));
    }

    private static async Task<RedirectHttpResult> Apply([FromForm] long label, [FromForm] bool on, [FromForm] string? back, [FromForm] long[]? message, ApiClient api, Notes notes, HttpContext http)
    {
        // Only back into this console, whatever the form says.
        var page = back is { Length: > 0 } && back[0] == '/' && (back.Length == 1 || back[1] is not ('/' or '\\')) ? back : "/";
        if (message is not { Length: > 0 }) return Told(new ApiProblem(ProblemKind.Refused, "No message was ticked", "Tick messages in the list, or press x on one."), "", page, notes, http);
        var answer = await api.SayLabelAsync(label, message, on, http.RequestAborted);
        return Told(answer.Problem, answer.Ok ? $"{Words.Count(answer.Value.Changed, "message", "messages")} {(on ? "labelled" : "relieved of the label")}. Triage learns from it." : "", page, notes, http);
    }

    private static string Page(long mailbox) => string.Create(CultureInfo.InvariantCulture, $"/model/labels?mailbox={mailbox}");

    private static async Task<RedirectHttpResult> DoAsync<T>(Task<Answer<T>> order, string done, string back, Notes notes, HttpContext http) => Told((await order).Problem, done, back, notes, http);

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back);
    }
}

/// <summary>The form of a label. Version is what the operator saw.</summary>
internal sealed class LabelForm
{
    public long Mailbox { get; set; }
    public int Version { get; set; }
    public string? Name { get; set; }
    public string? Description { get; set; }

    public SaveLabel Save => new(Name ?? "", Description);
}
