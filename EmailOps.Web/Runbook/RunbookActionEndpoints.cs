using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Runbook;

/// <summary>The few acts that the runbook offers as buttons: the same calls as elsewhere in the console, and back to the page one came from.</summary>
internal static class RunbookActionEndpoints
{
    public static readonly (string Action, string Words, string Title)[] Offered =
    [
        ("trigger", "Process now", "What waits for its time is ready at once; answers on hold stay on hold"),
        ("pause", "Pause automatic answers", "They are held until somebody resumes"),
        ("resume", "Resume automatic answers", "They go on, each checked once more as it leaves"),
        ("drain", "Drain workers", "They finish what they hold and claim nothing more"),
        ("work", "Have workers work again", "Ends draining"),
        ("clear-cache", "Clear caches", "Kept answers, vectors and access tokens are asked for anew"),
        ("retry-dead-letters", "Retry dead letters", "All of them get their attempts again"),
    ];

    public static void MapRunbookActions(this IEndpointRouteBuilder app)
        => app.MapGroup("/runbook/actions").RequireAuthorization(Permission.Operator).RequireFormToken().MapPost("/{action}", Act);

    private static async Task<Results<RedirectHttpResult, NotFound>> Act(string action, [FromForm] string? page, ApiClient api, RunbookPages pages, Notes notes, HttpContext http)
    {
        const string Why = "From the runbook.";
        var cancel = http.RequestAborted;
        (ApiProblem? Problem, string Done)? did = action switch
        {
            "trigger" => ((await api.TriggerAsync(cancel)).Problem, "What waited for its time is ready now."),
            "pause" => ((await api.OrderAsync(OperationRoutes.Pause, Why, cancel)).Problem, "Paused. Automatic answers are held until somebody resumes."),
            "resume" => ((await api.OrderAsync(OperationRoutes.Resume, null, cancel)).Problem, "Automatic answers go on."),
            "drain" => ((await api.OrderAsync(OperationRoutes.Drain, Why, cancel)).Problem, "Workers finish what they hold and claim nothing more."),
            "work" => ((await api.OrderAsync(OperationRoutes.WorkersResume, null, cancel)).Problem, "Workers work again."),
            "clear-cache" => ((await api.ClearCachesAsync(cancel)).Problem, "Caches are empty; what is needed is asked for anew."),
            "retry-dead-letters" => await RetryAsync(api, cancel),
            _ => null,
        };
        if (did is not { } act) return TypedResults.NotFound();
        notes.Leave(http, act.Problem is null ? NoteTone.Good : NoteTone.Bad, act.Problem is { } problem ? $"{problem.Title}. {problem.Detail}" : act.Done);
        return TypedResults.Redirect(page is { Length: > 0 } && pages.Find(page) is { } known ? $"/runbook/{known.Name}" : "/runbook");
    }

    private static async Task<(ApiProblem? Problem, string Done)> RetryAsync(ApiClient api, CancellationToken cancel)
    {
        var dead = await api.DeadLettersAsync(cancel);
        if (!dead.Ok) return (dead.Problem, "");
        foreach (var letter in dead.Value)
            if ((await api.RetryDeadLetterAsync(letter.Id, cancel)).Problem is { Kind: not ProblemKind.NotFound } problem) return (problem, "");
        return (null, $"Put back into the queue: {Words.Count(dead.Value.Count, "dead letter", "dead letters")}.");
    }
}
