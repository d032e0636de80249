using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>Reports as the real Api gives them.</summary>
internal sealed class StandInAnalytics
{
    public bool IsFull { get; set; }
    public PatternReport? Patterns { get; set; }
    public PublicStatus Status { get; set; } = new(PublicStatus.Degraded, StandInMail.Now, [new("Web and API", PublicStatus.Operational, 99.95, [new(new DateOnly(2026, 5, 1), 99.9), new(new DateOnly(2026, 5, 2), 42)]), new("Receiving mail", PublicStatus.Degraded, null, [])]);

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(AnalyticsRoutes.Performance, (string? period) => Performance(period ?? "day"));
        app.MapGet(AnalyticsRoutes.Kpi, (int hours) => new KpiSummary(Range, new KpiProcessing(0, null, null, null), new KpiClassification(null, null, [], []), new KpiSystem(1, 2, 3, 4), new KpiAvailability(IsFull ? 99.5 : null, 99.9, 99.5, 0.012, 0, 10, 60)));
        app.MapGet(AnalyticsRoutes.Capacity, (int days) => Capacity(days));
        app.MapGet(AnalyticsRoutes.Patterns, () => Patterns is { } report ? Results.Json(report, ContractJson.Options) : Results.Problem("Nobody has looked yet.", statusCode: 404));
        app.MapPost(AnalyticsRoutes.AnalyzePatterns, (int days) => Patterns = Report(days));
        app.MapGet(AnalyticsRoutes.StatusPage, () => Status);
    }

    private static TimeRange Range => new(StandInMail.Now.AddDays(-1), StandInMail.Now, 24);

    private PerformanceReport Performance(string period) => new(period, Range,
        new PerformanceMetrics { TotalProcessed = IsFull ? 1234 : 0, EmailsPerMinute = 1, Reviewed = 5, Corrected = 1, Failed = 0, ModelCost = 0.5m, AutomationRate = IsFull ? 0.345 : null, ClassificationAccuracy = IsFull ? 0.8 : null, ClassificationAccuracyNote = "Only 5 messages were reviewed; see the range.", ClassificationAccuracyRange = [0.28, 0.99], P95 = 4.5 },
        [.. Enumerable.Range(0, 10).Select(i => new ConfidenceBand(i * 10, i * 10 + 10, i, i / 45.0))], IsFull ? [new("orders", 1000, 0.81), new("<script>", 234, 0.19)] : [], IsFull ? [new("SendReply", 426, 0.345), new("Escalate", 808, 0.655)] : [],
        IsFull ? [.. Enumerable.Range(0, 24).Select(i => new PerformancePoint(Range.Start.AddHours(i), 50 + i, i, 0.5))] : []);

    private CapacityReport Capacity(int days) => new(new AnalysisPeriod(Range.Start, Range.End, days, IsFull ? 20 : 0), new EmailVolume(100, IsFull ? 0.25 : null, 180, new DateOnly(2026, 5, 1), IsFull ? 140 : null),
        new ResourceUsage(new ResourceTrend(72, 95, 0.2), new ResourceTrend(50, 60, null), new StorageTrend(5_000_000_000, 10_000_000_000, 700_000_000, 60_000_000, 83, new DateOnly(2026, 8, 1))),
        IsFull ? [new("cpu", "high", "High CPU utilization", "Scale up CPU resources", new Dictionary<string, string> { ["current_avg"] = "72%" })] : [], IsFull ? [.. Enumerable.Range(0, 20).Select(i => new DailyVolume(new DateOnly(2026, 5, 1).AddDays(i), 90 + i))] : []);

    private static PatternReport Report(int days) => new(7, StandInMail.Now, "Olga", days, 100, [new("where is my order #", 12, 9, "orders", 0.5, 1)], [new("shop@b2b.example", 8, 3, "orders", 0)],
        [new("Wash wool", "en", "products", 5, ["wool"], [1])], [new ArticleCandidate(1, "Wash <b>wool</b>", "en", "products", 5, 1, ["wool", "wash"], "> How do I wash wool?\n\n## What was answered\n\nBy hand.", [1])]);
}
