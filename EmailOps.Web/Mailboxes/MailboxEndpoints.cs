using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Mailboxes;

/// <summary>The buttons of the mailbox pages. What could not be done comes back as the same form with what was typed, but for passwords.</summary>
internal static class MailboxEndpoints
{
    public static void MapMailboxActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/mailboxes").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/connect", Connect);
        forms.MapPost("/test", Test);
        forms.MapPost("/save", Save);
        forms.MapPost("/find", Find);
        forms.MapPost("/{id:long}/enabled", Enable);
        forms.MapPost("/{id:long}/check", Check);
        forms.MapPost("/{id:long}/replies", Replies);
        forms.MapPost("/{id:long}/replies/preview", (long id, [FromForm] ReplyFields form) => ReplyPage(id, form));
    }

    /// <summary>Tests, and saves what works.</summary>
    private static async Task<IResult> Connect([FromForm] MailboxFields form, ApiClient api, Notes notes, HttpContext http)
    {
        // An API is tried by signing in, which needs the mailbox first.
        if (form is { IsRemote: true, Id: 0 }) return await Save(form, api, notes, http);
        if (await FillAsync(form, api, http) is { } stopped) return stopped;
        var report = await api.TestMailboxAsync(form.ToTest(), http.RequestAborted);
        if (report.Problem is { } problem) return Page(form, problem: problem);
        return report.Value!.Ok ? await Save(form, api, notes, http) : Page(form, report.Value);
    }

    private static async Task<IResult> Test([FromForm] MailboxFields form, ApiClient api, HttpContext http)
    {
        if (await FillAsync(form, api, http) is { } stopped) return stopped;
        var report = await api.TestMailboxAsync(form.ToTest(), http.RequestAborted);
        return Page(form, report.Value, report.Problem);
    }

    private static async Task<IResult> Save([FromForm] MailboxFields form, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = form.Id == 0 ? await api.AddMailboxAsync(form.ToSave(), http.RequestAborted) : await api.SaveMailboxAsync(form.Id, form.Version, form.ToSave(), http.RequestAborted);
        if (answer.Problem is { } problem) return Page(form, problem: problem);
        notes.Leave(http, NoteTone.Good, $"Saved {answer.Value!.Address}. {(form is { IsRemote: true, Id: 0 } ? $"Now sign in at {answer.Value.Settings.Provider}: the button is on its card." : answer.Value.IsEnabled && answer.Value.Settings.IsRead() ? "The worker reads it with the new settings from now on." : "It is not read.")}");
        return TypedResults.Redirect("/mailboxes");
    }

    private static async Task<IResult> Find([FromForm] MailboxFields form, ApiClient api, HttpContext http)
    {
        var found = await api.FindMailboxAsync(form.Address?.Trim() ?? "", http.RequestAborted);
        if (found.Problem is { } problem) return Page(form, problem: problem);
        Take(form, found.Value!);
        return Page(form, found: found.Value);
    }

    private static async Task<RedirectHttpResult> Enable(long id, [FromForm] int version, [FromForm] bool enabled, ApiClient api, Notes notes, HttpContext http)
    {
        var setup = await api.MailboxSetupAsync(id, http.RequestAborted);
        var problem = setup.Problem ?? (await api.SaveMailboxAsync(id, version, new SaveMailbox(setup.Value!.Address, setup.Value.Name, setup.Value.Settings, IsEnabled: enabled), http.RequestAborted)).Problem;
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is not null ? $"{problem.Title}. {problem.Detail}"
            : enabled ? $"{setup.Value!.Address} is read and answered from again. What came meanwhile is caught up." : $"Paused {setup.Value!.Address}: it is not read, and nothing is sent. Its mail waits on the server.");
        return TypedResults.Redirect("/mailboxes");
    }

    private static async Task<RedirectHttpResult> Check(long id, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ReconcileAsync(id, http.RequestAborted);
        notes.Leave(http, answer.Ok ? NoteTone.Good : NoteTone.Bad, answer.Ok ? "The server's messages are compared with ours now; what is missing is fetched. This page follows by itself." : $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect("/mailboxes");
    }

    private static async Task<IResult> Replies(long id, [FromForm] ReplyFields form, ApiClient api, Notes notes, HttpContext http)
    {
        var setup = await api.MailboxSetupAsync(id, http.RequestAborted);
        if (setup.Problem is { } gone) return ReplyPage(id, form, gone);
        var before = setup.Value!;
        var saved = await api.SaveMailboxAsync(id, form.Version, new SaveMailbox(before.Address, before.Name, before.Settings with { Reply = form.Over(before.Settings.Reply) }, IsEnabled: before.IsEnabled), http.RequestAborted);
        if (saved.Problem is { } problem) return ReplyPage(id, form, problem);
        notes.Leave(http, NoteTone.Good, "Saved. The next drafts begin and end so; drafts that wait keep their words.");
        return TypedResults.Redirect($"/mailboxes/{id}/replies?language={Uri.EscapeDataString(form.Language ?? "")}");
    }

    private static RazorComponentResult<ReplyPage> ReplyPage(long id, ReplyFields form, ApiProblem? problem = null) =>
        new(new Dictionary<string, object?> { [nameof(Mailboxes.ReplyPage.Id)] = id, [nameof(Mailboxes.ReplyPage.Typed)] = form, [nameof(Mailboxes.ReplyPage.Problem)] = problem, [nameof(Mailboxes.ReplyPage.IsTyped)] = problem is null }) { StatusCode = Status(problem) };

    /// <summary>Looks for servers where none are named yet.</summary>
    /// <returns>The page that says why it cannot go on; null when it can.</returns>
    private static async Task<IResult?> FillAsync(MailboxFields form, ApiClient api, HttpContext http)
    {
        if (form.HasServers || form.IsRemote) return null;
        var found = await api.FindMailboxAsync(form.Address?.Trim() ?? "", http.RequestAborted);
        if (found.Problem is { } problem) return Page(form, problem: problem);
        Take(form, found.Value!);
        return form.HasServers ? null : Page(form, found: found.Value);
    }

    private static void Take(MailboxFields form, FoundSettings found)
    {
        form.Take(found.Imap, found.Smtp);
        form.SaveSent = found.SaveSent;
    }

    private static RazorComponentResult<MailboxPage> Page(MailboxFields form, ConnectionReport? report = null, ApiProblem? problem = null, FoundSettings? found = null) =>
        new(new Dictionary<string, object?> { [nameof(MailboxPage.Typed)] = form, [nameof(MailboxPage.Id)] = form.Id, [nameof(MailboxPage.Report)] = report, [nameof(MailboxPage.Problem)] = problem, [nameof(MailboxPage.Found)] = found })
        {
            StatusCode = Status(problem),
        };

    private static int Status(ApiProblem? problem) => problem?.Kind switch
    {
        null => StatusCodes.Status200OK,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.Refused => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status502BadGateway,
    };
}
