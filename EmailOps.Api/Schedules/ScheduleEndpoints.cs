using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Schedules;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Schedules;

/// <summary>What is done on time: seen by everybody, changed by admins.</summary>
internal static class ScheduleEndpoints
{
    private const int MostRuns = 200;

    public static void MapSchedule(this IEndpointRouteBuilder app)
    {
        var schedule = app.MapGroup("").WithTags("Schedule").Needs(Permission.Read);
        schedule.MapGet(ScheduleRoutes.All, async (ScheduleDesk desk, CancellationToken cancel) => TypedResults.Ok(await desk.ListAsync(cancel)));
        schedule.MapGet(ScheduleRoutes.Job, Find);
        schedule.MapGet(ScheduleRoutes.Runs, Runs);
        schedule.MapPut(ScheduleRoutes.Job, Set).Needs(Permission.Admin);
        schedule.MapPost(ScheduleRoutes.Run, Run).Needs(Permission.Admin);
        schedule.MapPost(ScheduleRoutes.Pause, async (string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel) => Of(name, await desk.PauseAsync(name, http.Actor(), cancel))).Needs(Permission.Admin);
        schedule.MapPost(ScheduleRoutes.Resume, async (string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel) => Of(name, await desk.ResumeAsync(name, http.Actor(), cancel))).Needs(Permission.Admin);
    }

    private static async Task<Results<Ok<ScheduledJobView>, ProblemHttpResult>> Find(string name, ScheduleDesk desk, CancellationToken cancel)
        => await desk.FindAsync(name, cancel) is { } job ? TypedResults.Ok(job) : Missing(name);

    private static async Task<Results<Ok<List<JobRunView>>, ProblemHttpResult>> Runs(string name, int? take, ScheduleDesk desk, CancellationToken cancel)
        => take is < 1 or > MostRuns ? ApiProblems.Invalid($"take is between 1 and {MostRuns}.")
            : await desk.FindAsync(name, cancel) is null ? Missing(name) : TypedResults.Ok(await desk.RunsAsync(name, take ?? 50, cancel));

    private static async Task<Results<Ok<ScheduledJobView>, ProblemHttpResult>> Set(string name, SetSchedule set, HttpContext http, ScheduleDesk desk, CancellationToken cancel)
    {
        if (http.Request.Version() is not { } version) return ApiProblems.NoVersion();
        try
        {
            return Of(name, await desk.SetAsync(name, set, version, http.Actor(), cancel));
        }
        catch (FormatException wrong)
        {
            return ApiProblems.Invalid(wrong.Message);
        }
    }

    private static async Task<Results<Accepted<ScheduledJobView>, ProblemHttpResult>> Run(string name, HttpContext http, ScheduleDesk desk, CancellationToken cancel)
        => await desk.AskAsync(name, http.Actor(), cancel) switch
        {
            (WriteOutcome.Done, { } job) => TypedResults.Accepted((string?)null, job),
            (WriteOutcome.WrongState, _) => ApiProblems.Conflict($"{name} is running just now; ask again when it has ended."),
            _ => Missing(name),
        };

    private static Results<Ok<ScheduledJobView>, ProblemHttpResult> Of(string name, (WriteOutcome Outcome, ScheduledJobView? Job) made) => made switch
    {
        (WriteOutcome.Done, { } job) => TypedResults.Ok(job),
        (WriteOutcome.VersionConflict, _) => TypedResults.Problem($"Somebody changed {name} since you read it. Read it again and decide anew.", statusCode: 412, title: "Changed meanwhile"),
        _ => Missing(name),
    };

    private static ProblemHttpResult Missing(string name) => TypedResults.Problem($"There is no job {(name.Length > 60 ? name[..60] : name)}. GET {ScheduleRoutes.All} lists them.", statusCode: 404, title: "Not found");
}
