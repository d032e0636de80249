using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Status;

/// <summary>Pushing the work along by hand.</summary>
internal static class StatusEndpoints
{
    public static void MapStatusActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/status/trigger", Trigger);
        forms.MapPost("/status/models/breaker", ForceBreaker);
        forms.MapPost("/status/clear-cache", ClearCaches);
        forms.MapPost("/problems/{id:long}/retry", RetryDeadLetter);
    }

    private static async Task<RedirectHttpResult> Trigger(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.TriggerAsync(http.RequestAborted);
        Tell(notes, http, answer.Problem, "Started. The figures below follow.");
        return TypedResults.Redirect("/status");
    }

    private static async Task<RedirectHttpResult> ForceBreaker([FromForm] string provider, [FromForm] BreakerForce force, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ForceBreakerAsync(provider, force, "From the status page.", http.RequestAborted);
        Tell(notes, http, answer.Problem, force switch
        {
            BreakerForce.Open => $"{provider} is asked no more until somebody says so.",
            BreakerForce.Closed => $"{provider} is asked whatever happens.",
            _ => $"{provider} is asked as it goes.",
        });
        return TypedResults.Redirect("/status");
    }

    private static async Task<RedirectHttpResult> ClearCaches(ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.ClearCachesAsync(http.RequestAborted);
        Tell(notes, http, answer.Problem, $"Forgotten: {Words.Count((int)Math.Min(answer.Value?.Answers ?? 0, int.MaxValue), "cached answer", "cached answers")}, and all kept vectors and access tokens. What is needed again is asked for anew. {answer.Value?.Note}".TrimEnd());
        return TypedResults.Redirect("/status");
    }

    private static async Task<RedirectHttpResult> RetryDeadLetter(long id, ApiClient api, Notes notes, HttpContext http)
    {
        var answer = await api.RetryDeadLetterAsync(id, http.RequestAborted);
        Tell(notes, http, answer.Problem, "Put back into the queue. It stays away from this page if it goes well.");
        return TypedResults.Redirect("/problems");
    }

    private static void Tell(Notes notes, HttpContext http, ApiProblem? problem, string done) =>
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
}
