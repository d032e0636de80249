using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Alerting;

/// <summary>What people say to alerts.</summary>
internal static class AlertActionEndpoints
{
    public static void MapAlertActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/alerts").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/{id:long}/acknowledge", Acknowledge);
        forms.MapPost("/silence", Silence);
        forms.MapPost("/silences/{id:long}/end", EndSilence);
    }

    private static async Task<RedirectHttpResult> Acknowledge(long id, [FromForm] string? note, ApiClient api, Notes notes, HttpContext http)
        => Tell(notes, http, (await api.AcknowledgeAsync(id, note, http.RequestAborted)).Problem, "Acknowledged: it is not told again while it goes on.");

    private static async Task<RedirectHttpResult> Silence([FromForm] string name, [FromForm] string? subject, [FromForm] int minutes, [FromForm] string? reason, ApiClient api, Notes notes, HttpContext http)
        => Tell(notes, http, (await api.SilenceAsync(new SilenceAlert(name, subject, minutes, reason), http.RequestAborted)).Problem, $"{name} is kept, and told to nobody, for {Words.Span(TimeSpan.FromMinutes(minutes))}.");

    private static async Task<RedirectHttpResult> EndSilence(long id, ApiClient api, Notes notes, HttpContext http)
        => Tell(notes, http, (await api.EndSilenceAsync(id, http.RequestAborted)).Problem, "It is told again.");

    private static RedirectHttpResult Tell(Notes notes, HttpContext http, ApiProblem? problem, string done)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        return TypedResults.Redirect("/alerts");
    }
}
