using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Escalations;

/// <summary>What people order about escalations and channels. Each form leads back to where it stood, with a note.</summary>
internal static class EscalationEndpoints
{
    private const string Channels = "/escalations/channels";

    public static void MapEscalationActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/escalations").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/open", Open);
        forms.MapPost("/{id:long}/claim", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http) => DoAsync(api.EscalationActAsync(EscalationRoutes.Claim, id, null, http.RequestAborted), "It is yours.", back, notes, http));
        forms.MapPost("/{id:long}/release", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http) => DoAsync(api.EscalationActAsync(EscalationRoutes.Release, id, null, http.RequestAborted), "Given back: somebody else may take it on.", back, notes, http));
        forms.MapPost("/{id:long}/resolve", (long id, [FromForm] string? back, [FromForm] string? note, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.EscalationActAsync(EscalationRoutes.Resolve, id, new ResolveEscalation(note), http.RequestAborted), "Settled. Those who were told hear of it.", back, notes, http));
        forms.MapPost("/{id:long}/tell-again", (long id, [FromForm] long notification, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.TellAgainAsync(notification, http.RequestAborted), "It is told again.", string.Create(CultureInfo.InvariantCulture, $"/escalations/{id}"), notes, http));
        forms.MapPost("/channels/{id:long}/test", Test);

        var settings = app.MapGroup("/escalations").RequireAuthorization(Permission.Admin).RequireFormToken();
        settings.MapPost("/channels", ([FromForm] ChannelForm form, ApiClient api, Notes notes, HttpContext http) => DoAsync(api.AddChannelAsync(form.Save(), http.RequestAborted), "Made. Test it now.", Channels, notes, http));
        settings.MapPost("/channels/{id:long}/switch", Switch);
        settings.MapPost("/channels/{id:long}/remove", (long id, [FromForm] int version, ApiClient api, Notes notes, HttpContext http) => DoAsync(api.DeleteChannelAsync(id, version, http.RequestAborted), "Removed, with its secrets.", Channels, notes, http));
        settings.MapPost("/levels", SaveLevels);

        // Strangers with a link from a chat.
        app.MapGroup("").AllowAnonymous().RequireFormToken().RequireRateLimiting(SignInLimit.Policy).MapPost("/e", Act);
    }

    private static async Task<RedirectHttpResult> Open([FromForm] long message, [FromForm] string? reason, [FromForm] string? severity, ApiClient api, Notes notes, HttpContext http)
    {
        EscalationSeverity? wanted = Enum.TryParse<EscalationSeverity>(severity, out var known) ? known : null;
        return await DoAsync(api.OpenEscalationAsync(new OpenEscalation(message, reason, wanted), http.RequestAborted), "A person is called.", string.Create(CultureInfo.InvariantCulture, $"/messages/{message}"), notes, http);
    }

    private static async Task<RedirectHttpResult> Test(long id, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.TestChannelAsync(id, http.RequestAborted);
        if (!answer.Ok) return Told(answer.Problem, "", Channels, notes, http);
        var said = string.Join(' ', answer.Value.Steps.OrderBy(s => s.Ok).Select(s => $"{s.Name}: {s.Detail}"));
        notes.Leave(http, answer.Value.Ok ? NoteTone.Good : NoteTone.Bad, $"{answer.Value.Name} {(answer.Value.Ok ? "works" : "does not work")}. {said}");
        return TypedResults.Redirect(Channels);
    }

    private static async Task<RedirectHttpResult> Switch(long id, [FromForm] int version, [FromForm] bool on, ApiClient api, Notes notes, HttpContext http)
    {
        var channels = await api.ChannelsAsync(http.RequestAborted);
        if (!channels.Ok) return Told(channels.Problem, "", Channels, notes, http);
        if (channels.Value.FirstOrDefault(c => c.Id == id) is not { } channel) return Told(new ApiProblem(ProblemKind.NotFound, "Not found", "The channel is gone."), "", Channels, notes, http);
        return await DoAsync(api.SaveChannelAsync(id, version, new SaveChannel(channel.Kind, channel.Name, channel.Settings, on), http.RequestAborted), on ? "It is told again." : "It is told nothing until you switch it on.", Channels, notes, http);
    }

    private static async Task<RedirectHttpResult> SaveLevels([FromForm] LevelForm form, ApiClient api, Notes notes, HttpContext http)
    {
        var back = form.Mailbox == 0 ? "/escalations/levels" : string.Create(CultureInfo.InvariantCulture, $"/escalations/levels?mailbox={form.Mailbox}");
        var before = await api.ServiceLevelsAsync(form.Mailbox, http.RequestAborted);
        if (!before.Ok) return Told(before.Problem, "", back, notes, http);
        if (form.Over(before.Value.Plan, http.Request.Form, out var problem) is not { } plan) return Told(new ApiProblem(ProblemKind.Refused, "Not saved", problem), "", back, notes, http);
        return await DoAsync(api.SaveServiceLevelsAsync(form.Mailbox, form.Version, plan, http.RequestAborted), "Saved. It counts for what is opened from now on.", back, notes, http);
    }

    private static async Task<RedirectHttpResult> Act([FromForm] string? token, [FromForm] string? name, [FromForm] string? note, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ActByLinkAsync(new ActByLink(token ?? "", name ?? "", note), http.RequestAborted);
        notes.Leave(http, answer.Ok ? NoteTone.Good : NoteTone.Bad, answer.Ok ? (answer.Value.Purpose == "claim" ? "It is yours." : "Settled.") : $"{answer.Problem.Title}. {answer.Problem.Detail}");
        return TypedResults.Redirect($"/e/{Uri.EscapeDataString(token is { Length: > 0 and <= 200 } ? token : "x")}");
    }

    private static async Task<RedirectHttpResult> DoAsync<T>(Task<Answer<T>> order, string done, string? back, Notes notes, HttpContext http) => Told((await order).Problem, done, back, notes, http);

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string? back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect(back is { Length: > 1 and < 500 } && back[0] == '/' && back[1] is not ('/' or '\\') && !back.Any(char.IsControl) ? back : "/escalations");
    }
}
