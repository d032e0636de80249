using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Analytics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EmailOps.Api.Analytics;

/// <summary>How the installation does, and where it goes.</summary>
internal static class AnalyticsEndpoints
{
    public static void MapAnalytics(this IEndpointRouteBuilder app)
    {
        var analytics = app.MapGroup("").WithTags("Analytics").Needs(Permission.Read);
        analytics.MapGet(AnalyticsRoutes.Performance, Performance);
        analytics.MapGet(AnalyticsRoutes.Kpi, Kpi);
        analytics.MapGet(AnalyticsRoutes.Capacity, Capacity);
        analytics.MapGet(AnalyticsRoutes.Patterns, Patterns);
        analytics.MapPost(AnalyticsRoutes.AnalyzePatterns, Analyze).Needs(Permission.Operate);
        analytics.MapPost(AnalyticsRoutes.UpdateMetrics, Update).Needs(Permission.Operate);
    }

    /// <summary>Open to everybody where the installation says so: it tells nothing about mail.</summary>
    public static void MapStatusPage(this WebApplication app)
    {
        foreach (var path in (string[])[AnalyticsRoutes.StatusPage, AnalyticsRoutes.StatusPageTriage])
        {
            var page = app.MapGet(path, async (PublicStatusDesk desk, IHostApplicationLifetime life) => TypedResults.Ok(await desk.ReadAsync(life.ApplicationStopping))).WithTags("Status");
            if (string.Equals(app.Configuration[PublicStatus.AccessKey], "public", StringComparison.OrdinalIgnoreCase)) page.Anyone();
            else page.Needs(Permission.Read);
        }
    }

    private static async Task<Results<Ok<PerformanceReport>, ProblemHttpResult>> Performance(string? period, long? mailbox, PerformanceStore store, CancellationToken cancel)
        => ReportPeriods.Find(period) is not { } found
            ? ApiProblems.Invalid($"period is one of {ReportPeriods.Names}.")
            : TypedResults.Ok(await store.ReportAsync(found.Name, found.Length, found.Step, mailbox, cancel));

    private static async Task<Results<Ok<KpiSummary>, ProblemHttpResult>> Kpi(int? hours, Reports reports, CancellationToken cancel)
        => hours is < 1 or > Reports.MostHours ? ApiProblems.Invalid($"hours goes from 1 to {Reports.MostHours}.") : TypedResults.Ok(await reports.KpiAsync(hours ?? 24, cancel));

    private static async Task<Results<Ok<CapacityReport>, ProblemHttpResult>> Capacity(int? days, Reports reports, CancellationToken cancel)
        => days is < Reports.LeastDays or > Reports.MostDays ? ApiProblems.Invalid($"days goes from {Reports.LeastDays} to {Reports.MostDays}.") : TypedResults.Ok(await reports.CapacityAsync(days ?? 30, cancel));

    private static async Task<Ok<MetricsUpdate>> Update(HourCounter counter, PerformanceStore store, CancellationToken cancel)
    {
        var (hours, to) = await counter.RunAsync(cancel, mostSteps: 400);
        var day = await store.ReportAsync("day", TimeSpan.FromDays(1), TimeSpan.FromHours(1), null, cancel);
        return TypedResults.Ok(new MetricsUpdate(true, hours, to, day.Metrics));
    }

    private static async Task<Results<Ok<PatternReport>, ProblemHttpResult>> Patterns(PatternStore patterns, CancellationToken cancel)
        => await patterns.LatestAsync(cancel) is { } report ? TypedResults.Ok(report)
            : TypedResults.Problem($"Nobody has looked yet. POST {AnalyticsRoutes.AnalyzePatterns}, or wait for tonight's run.", statusCode: 404, title: "Not found");

    private static async Task<Results<Ok<PatternReport>, ProblemHttpResult>> Analyze(int? days, HttpContext context, PatternStore patterns, CancellationToken cancel)
        => days is < 1 or > PatternStore.MostDays ? ApiProblems.Invalid($"days goes from 1 to {PatternStore.MostDays}.") : TypedResults.Ok(await patterns.AnalyzeAsync(days ?? PatternStore.DefaultDays, context.Actor(), cancel));
}
