using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Schedules;

/// <summary>What administrators order about jobs, and about one person's mail.</summary>
internal static class ScheduleEndpoints
{
    private const string Page = "/schedule", Privacy = "/access/privacy";
    /// <summary>Erasing thousands of messages takes its time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public static void MapScheduleActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup(Page).RequireAuthorization(Permission.Admin).RequireFormToken();
        forms.MapPost("/{name}/run", async (string name, ApiClient api, Notes notes, HttpContext http) => Told((await api.OrderJobAsync(ScheduleRoutes.Run, name, http.RequestAborted)).Problem, "Asked for. A worker begins it as soon as one is free.", Page, notes, http));
        forms.MapPost("/{name}/pause", async (string name, ApiClient api, Notes notes, HttpContext http) => Told((await api.OrderJobAsync(ScheduleRoutes.Pause, name, http.RequestAborted)).Problem, "Paused. It runs only when somebody asks.", Page, notes, http));
        forms.MapPost("/{name}/resume", async (string name, ApiClient api, Notes notes, HttpContext http) => Told((await api.OrderJobAsync(ScheduleRoutes.Resume, name, http.RequestAborted)).Problem, "It runs on time again.", Page, notes, http));
        forms.MapPost("/{name}", Set);

        var people = app.MapGroup(Privacy).RequireAuthorization(Permission.Admin).RequireFormToken();
        people.MapPost("/find", Find);
        people.MapPost("/export", Export);
        people.MapPost("/erase", Erase);
    }

    private static async Task<RedirectHttpResult> Set(string name, [FromForm] int version, [FromForm] string? schedule, [FromForm] string? zone, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.SetJobAsync(name, version, new SetSchedule(string.IsNullOrWhiteSpace(schedule) ? null : schedule, string.IsNullOrWhiteSpace(zone) ? null : zone), http.RequestAborted);
        return Told(answer.Problem, answer.Ok ? $"{answer.Value.Name} runs by {answer.Value.Schedule} ({answer.Value.TimeZone})." : "", Page, notes, http);
    }

    private static async Task<RedirectHttpResult> Find([FromForm] string? address, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.SendAsync<PersonFound>(HttpMethod.Post, Reading.Plain(PrivacyRoutes.Find), new PersonAddress(address ?? ""), null, http.RequestAborted);
        return Told(answer.Problem, answer.Ok ? $"{answer.Value.Address}: {Words.Count(answer.Value.Messages, "message", "messages")}, {Words.Count(answer.Value.Drafts, "draft", "drafts")}, {Words.Count(answer.Value.Replies, "reply", "replies")}, {Words.Count(answer.Value.Lessons, "lesson", "lessons")}. {Words.Count(answer.Value.Mentions, "message", "messages")} of others name the address." : "", Privacy, notes, http);
    }

    private static async Task<Results<RedirectHttpResult, FileContentHttpResult>> Export([FromForm] string? address, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.FetchAsync(Reading.Plain(PrivacyRoutes.Export), new PersonAddress(address ?? ""), http.RequestAborted);
        return answer.Ok ? TypedResults.File(answer.Value, "application/zip", "person.zip") : Told(answer.Problem, "", Privacy, notes, http);
    }

    private static async Task<RedirectHttpResult> Erase([FromForm] string? address, [FromForm] string? confirm, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.SendAsync<PersonErased>(HttpMethod.Post, Reading.Plain(PrivacyRoutes.Erase), new ErasePerson(address ?? "", confirm ?? ""), null, http.RequestAborted, s_patience);
        return Told(answer.Problem, answer.Ok ? $"{Words.Count(answer.Value.Messages, "message", "messages")} erased. What remains: {string.Join(" ", answer.Value.Remains)}" : "", Privacy, notes, http);
    }

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back);
    }
}
