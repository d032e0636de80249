using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace EmailOps.Web.Orders;

/// <summary>Orders to the whole installation, from the status page, the empty inbox and the banner that every page shows while one is in force.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("/orders").RequireAuthorization(Permission.Operator).RequireFormToken();
        Map(forms, "/pause", OperationRoutes.Pause, "Paused. Automatic answers are held until somebody resumes.");
        Map(forms, "/resume", OperationRoutes.Resume, "Automatic answers go on; each is checked once more as it leaves.");
        Map(forms, "/drain", OperationRoutes.Drain, "Workers finish what they hold and claim nothing more.");
        Map(forms, "/work", OperationRoutes.WorkersResume, "Workers work again.");
        forms.MapPost("/samples", async (ApiClient api, Notes notes, HttpContext http)
            => Said(await api.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null, null, http.RequestAborted), "The sample mailbox is here; its messages are being sorted.", "/", notes, http));
    }

    private static void Map(RouteGroupBuilder forms, string path, string route, string done)
        => forms.MapPost(path, ([FromForm] string? reason, ApiClient api, Notes notes, HttpContext http) => OrderAsync(route, reason, done, api, notes, http));

    private static async Task<RedirectHttpResult> OrderAsync(string route, string? reason, string done, ApiClient api, Notes notes, HttpContext http)
        => Said(await api.OrderAsync(route, reason, http.RequestAborted), done, "/status", notes, http);

    private static RedirectHttpResult Said<T>(Answer<T> answer, string done, string back, Notes notes, HttpContext http)
    {
        notes.Leave(http, answer.Problem is null ? NoteTone.Good : NoteTone.Bad, answer.Problem is { } problem ? $"{problem.Title}. {problem.Detail}" : done);
        return TypedResults.Redirect(back);
    }
}
