using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Outbox;

/// <summary>What operators order about replies, from the outbox and from the message page. Each form leads back to where it stood, with a note.</summary>
internal static class OutboxEndpoints
{
    public static void MapOutboxActions(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/outbox").RequireAuthorization(Permission.Operator).RequireFormToken();
        forms.MapPost("/{id:long}/cancel", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.CancelReplyAsync(id, http.RequestAborted), "Taken back. It was not sent, and its draft waits for you again.", back, notes, http));
        forms.MapPost("/{id:long}/send-now", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.SendReplyNowAsync(id, http.RequestAborted), "It goes now.", back, notes, http));
        forms.MapPost("/{id:long}/arrived", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.SettleReplyAsync(id, true, http.RequestAborted), "Noted: it arrived.", back, notes, http));
        forms.MapPost("/{id:long}/again", (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http)
            => DoAsync(api.SettleReplyAsync(id, false, http.RequestAborted), "It is sent again.", back, notes, http));
        forms.MapPost("/brakes/{id:long}/lift", async (long id, [FromForm] string? back, ApiClient api, Notes notes, HttpContext http) =>
        {
            var answer = await api.LiftBrakeAsync(id, http.RequestAborted);
            return Told(answer.Problem, "Lifted. Automatic answers go on.", back, notes, http);
        });
    }

    private static async Task<RedirectHttpResult> DoAsync(Task<Answer<OutboundView>> order, string done, string? back, Notes notes, HttpContext http)
        => Told((await order).Problem, done, back, notes, http);

    private static RedirectHttpResult Told(ApiProblem? problem, string done, string? back, Notes notes, HttpContext http)
    {
        notes.Leave(http, problem is null ? NoteTone.Good : NoteTone.Bad, problem is null ? done : $"{problem.Title}. {problem.Detail}");
        // Only to pages of ours: a form can be made to name any address.
        return TypedResults.Redirect(back is { Length: > 1 and < 500 } && back[0] == '/' && back[1] is not ('/' or '\\') && !back.Any(char.IsControl) ? back : "/outbox");
    }
}
