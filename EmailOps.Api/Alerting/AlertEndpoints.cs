using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Alerting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Alerting;

/// <summary>What the built-in monitor found, and what people say to it.</summary>
internal static class AlertEndpoints
{
    private const int MostTaken = 200;

    public static void MapAlerts(this IEndpointRouteBuilder app)
    {
        var alerts = app.MapGroup("").WithTags("Alerts").Needs(Permission.Read);
        alerts.MapGet(AlertRoutes.All, List);
        alerts.MapGet(AlertRoutes.One, One);
        alerts.MapPost(AlertRoutes.Acknowledge, Acknowledge).Needs(Permission.Operate);
        alerts.MapGet(AlertRoutes.Rules, (AlertDesk desk) => TypedResults.Ok(desk.Rules()));
        alerts.MapGet(AlertRoutes.Silences, async (AlertDesk desk, CancellationToken cancel) => TypedResults.Ok(await desk.SilencesAsync(cancel)));
        alerts.MapPost(AlertRoutes.Silences, Silence).Needs(Permission.Operate);
        alerts.MapPost(AlertRoutes.SilenceEnd, EndSilence).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<AlertsView>, ProblemHttpResult>> List(AlertDesk desk, CancellationToken cancel, string? state = null, string? name = null, long? before = null, int take = 50)
    {
        if (take is < 1 or > MostTaken) return ApiProblems.Invalid($"take is from 1 to {MostTaken}.");
        AlertState? asked = state?.ToLowerInvariant() switch { null or "firing" => AlertState.Firing, "pending" => AlertState.Pending, "history" or "resolved" => AlertState.Resolved, _ => null };
        return asked is { } known ? TypedResults.Ok(await desk.ListAsync(known, name, before, take, cancel)) : ApiProblems.Invalid("state is firing, pending or history.");
    }

    private static async Task<Results<Ok<AlertView>, ProblemHttpResult>> One(long id, AlertDesk desk, CancellationToken cancel)
        => await desk.FindAsync(id, cancel) is { } alert ? TypedResults.Ok(alert) : ApiProblems.NotFound("alert", id);

    private static async Task<Results<Ok<AlertView>, ProblemHttpResult>> Acknowledge(long id, AcknowledgeAlert? said, HttpContext context, AlertDesk desk, CancellationToken cancel)
    {
        if (said?.Note?.Length > AlertDesk.MostNote) return ApiProblems.Invalid($"note has at most {AlertDesk.MostNote} characters.");
        return await desk.AcknowledgeAsync(id, context.Actor(), said?.Note, cancel) switch
        {
            { IsDone: true } done => TypedResults.Ok(done.Alert),
            { } over => ApiProblems.Conflict($"{over.Alert.Name} does not fire any more."),
            _ => ApiProblems.NotFound("alert", id),
        };
    }

    private static async Task<Results<Created<AlertSilenceView>, ProblemHttpResult>> Silence(SilenceAlert asked, HttpContext context, AlertDesk desk, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(asked.Name) || asked.Name.Length > 100 || asked.Subject?.Length > 500) return ApiProblems.Invalid("name is an alert's name; subject has at most 500 characters.");
        if (asked.Minutes is < 1 or > AlertDesk.MostMinutes) return ApiProblems.Invalid($"minutes is from 1 to {AlertDesk.MostMinutes}.");
        if (asked.Reason?.Length > AlertDesk.MostNote) return ApiProblems.Invalid($"reason has at most {AlertDesk.MostNote} characters.");
        return TypedResults.Created(AlertRoutes.Silences, await desk.SilenceAsync(asked, context.Actor(), cancel));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndSilence(long id, HttpContext context, AlertDesk desk, CancellationToken cancel)
        => await desk.EndSilenceAsync(id, context.Actor(), cancel) ? TypedResults.NoContent() : ApiProblems.NotFound("silence", id);
}
