using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Work;

/// <summary>What is ordered for the whole installation: the commands of the Aspire dashboard, of the console and of <c>emailops</c> end here or beside it.</summary>
internal static class OperationEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        var operations = app.MapGroup("").WithTags("Operations").Needs(Permission.Read);
        operations.MapGet(OperationRoutes.All, async (StandingOrders orders, CancellationToken cancel) => TypedResults.Ok(await orders.ViewAsync(cancel)));
        operations.MapPost(OperationRoutes.Pause, (StandingOrder? order, HttpContext context, StandingOrders orders, CancellationToken cancel) => Give(OrderKind.Pause, order, context, orders, cancel)).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.Resume, (HttpContext context, StandingOrders orders, CancellationToken cancel) => End(OrderKind.Pause, context, orders, cancel)).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.Drain, (StandingOrder? order, HttpContext context, StandingOrders orders, CancellationToken cancel) => Give(OrderKind.Drain, order, context, orders, cancel)).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.WorkersResume, (HttpContext context, StandingOrders orders, CancellationToken cancel) => End(OrderKind.Drain, context, orders, cancel)).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.Urgent, Urgent).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.UrgentEnd, (HttpContext context, StandingOrders orders, CancellationToken cancel) => End(OrderKind.Urgent, context, orders, cancel)).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.ClearCache, async (HttpContext context, Caches caches, CancellationToken cancel) => TypedResults.Ok(await caches.ClearAsync(context.Actor(), cancel))).Needs(Permission.Operate);
        operations.MapPost(OperationRoutes.Samples, async (HttpContext context, SampleMail samples) => TypedResults.Ok(await samples.LoadAsync(context.Actor(), CancellationToken.None))).Needs(Permission.Admin);
    }

    private static async Task<Results<Ok<OperationsView>, ProblemHttpResult>> Give(OrderKind kind, StandingOrder? order, HttpContext context, StandingOrders orders, CancellationToken cancel)
        => order?.Reason?.Length > StandingOrders.LongestReason
            ? ApiProblems.Invalid($"reason has at most {StandingOrders.LongestReason} characters.")
            : TypedResults.Ok(await orders.GiveAsync(kind, context.Actor(), order?.Reason, cancel));

    private static async Task<Results<Ok<OperationsView>, ProblemHttpResult>> Urgent(UrgentOrder order, HttpContext context, StandingOrders orders, CancellationToken cancel)
        => order.MinPriority is < 1 or > 10 ? ApiProblems.Invalid("minPriority is between 1 and 10.")
            : order.Reason?.Length > StandingOrders.LongestReason ? ApiProblems.Invalid($"reason has at most {StandingOrders.LongestReason} characters.")
            : TypedResults.Ok(await orders.GiveAsync(OrderKind.Urgent, context.Actor(), order.Reason, cancel, order.MinPriority));

    private static async Task<Ok<OperationsView>> End(OrderKind kind, HttpContext context, StandingOrders orders, CancellationToken cancel) => TypedResults.Ok(await orders.EndAsync(kind, context.Actor(), cancel));
}
