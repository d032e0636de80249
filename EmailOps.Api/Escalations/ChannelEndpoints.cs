using System.Globalization;
using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Escalations;

/// <summary>Where people are told, and whether that works.</summary>
internal static class ChannelEndpoints
{
    private const int Most = 200, Usual = 100;

    public static void MapChannels(this IEndpointRouteBuilder app)
    {
        var channels = app.MapGroup("").WithTags("Escalations").Needs(Permission.Read);
        channels.MapGet(ChannelRoutes.All, async (ChannelStore store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel)));
        channels.MapPost(ChannelRoutes.All, Create).Needs(Permission.Admin);
        channels.MapGet(ChannelRoutes.One, One);
        channels.MapPut(ChannelRoutes.One, Save).Needs(Permission.Admin);
        channels.MapDelete(ChannelRoutes.One, Delete).Needs(Permission.Admin);
        channels.MapPost(ChannelRoutes.Test, Test).Needs(Permission.Operate);
        channels.MapPost(ChannelRoutes.TestKind, TestKind).Needs(Permission.Operate);
        channels.MapGet(ChannelRoutes.Notifications, Notifications);
        channels.MapPost(ChannelRoutes.Again, Again).Needs(Permission.Operate);
    }

    private static async Task<Results<Ok<ChannelView>, ProblemHttpResult>> One(long id, ChannelStore store, CancellationToken cancel)
        => await store.FindAsync(id, cancel) is { } view ? TypedResults.Ok(view) : ApiProblems.NotFound("channel", id);

    private static async Task<Results<Created<ChannelView>, ProblemHttpResult>> Create(SaveChannel save, HttpContext context, ChannelStore store, CancellationToken cancel)
    {
        var written = await store.CreateAsync(save, context.Actor(), cancel);
        return written.Outcome == WriteOutcome.Done
            ? TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"{ChannelRoutes.All}/{written.Id}"), await store.FindAsync(written.Id, cancel)) : ApiProblems.Invalid(written.Problem ?? "It cannot be saved.");
    }

    private static async Task<Results<Ok<ChannelView>, ProblemHttpResult>> Save(long id, SaveChannel save, HttpContext context, ChannelStore store, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var written = await store.SaveAsync(id, version, save, context.Actor(), cancel);
        return written switch
        {
            { Outcome: WriteOutcome.Done } => TypedResults.Ok(await store.FindAsync(id, cancel)),
            { Problem: { } problem } => ApiProblems.Invalid(problem),
            _ => ApiProblems.Of(written.Outcome, "channel", id),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(long id, HttpContext context, ChannelStore store, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var outcome = await store.DeleteAsync(id, version, context.Actor(), cancel);
        return outcome == WriteOutcome.Done ? TypedResults.NoContent() : ApiProblems.Of(outcome, "channel", id);
    }

    private static async Task<Results<Ok<ChannelTest>, ProblemHttpResult>> Test(long id, ChannelDesk desk, CancellationToken cancel)
        => await desk.TestAsync(id, cancel) is { } test ? TypedResults.Ok(test) : ApiProblems.NotFound("channel", id);

    private static async Task<Results<Ok<IReadOnlyList<ChannelTest>>, ProblemHttpResult>> TestKind(string kind, ChannelStore store, ChannelDesk desk, CancellationToken cancel)
    {
        if (EscalationEndpoints.Wrong<ChannelKind>(kind, "kind", out var wanted) is { } wrong) return wrong;
        List<ChannelTest> tests = [];
        foreach (var channel in (await store.ListAsync(cancel)).Where(c => c.Kind == wanted))
            if (await desk.TestAsync(channel.Id, cancel) is { } test) tests.Add(test);
        return tests.Count > 0 ? TypedResults.Ok<IReadOnlyList<ChannelTest>>(tests) : TypedResults.Problem($"There is no channel of kind {wanted}. Add one: POST {ChannelRoutes.All}, or emailops channel add.", statusCode: 404, title: "Not found");
    }

    private static async Task<Results<Ok<IReadOnlyList<NotificationView>>, ProblemHttpResult>> Notifications(string? state, long? channel, int? take, EscalationViews views, CancellationToken cancel)
        => EscalationEndpoints.Wrong<NotificationState>(state, "state", out var wanted) is { } wrong ? wrong : TypedResults.Ok(await views.NotificationsAsync(wanted, channel, Math.Clamp(take ?? Usual, 1, Most), cancel));

    private static async Task<Results<Accepted, ProblemHttpResult>> Again(long id, HttpContext context, NotificationStore store, CancellationToken cancel)
    {
        var outcome = await store.AgainAsync(id, context.Actor(), cancel);
        return outcome == WriteOutcome.Done ? TypedResults.Accepted((string?)null) : ApiProblems.Of(outcome, "notification", id);
    }
}
