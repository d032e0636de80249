using System.Globalization;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Calls;

/// <summary>How the installation does, and where it goes.</summary>
internal static class AnalyticsCalls
{
    /// <summary>A month of a large installation is counted while somebody waits, if nobody asked before.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public static Task<Answer<PerformanceReport>> PerformanceAsync(this ApiClient api, string period, long? mailbox, CancellationToken cancellation) =>
        api.SendAsync<PerformanceReport>(HttpMethod.Get, QueryHelpers.AddQueryString(Reading.Plain(AnalyticsRoutes.Performance), new Dictionary<string, string?> { ["period"] = period, ["mailbox"] = mailbox?.ToString(CultureInfo.InvariantCulture) }.Where(p => !string.IsNullOrEmpty(p.Value))), null, null, cancellation, s_patience);

    public static Task<Answer<KpiSummary>> KpiAsync(this ApiClient api, int hours, CancellationToken cancellation) =>
        api.SendAsync<KpiSummary>(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Reading.Plain(AnalyticsRoutes.Kpi)}?hours={hours}"), null, null, cancellation, s_patience);

    public static Task<Answer<CapacityReport>> CapacityAsync(this ApiClient api, int days, CancellationToken cancellation) =>
        api.SendAsync<CapacityReport>(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Reading.Plain(AnalyticsRoutes.Capacity)}?days={days}"), null, null, cancellation, s_patience);

    public static Task<Answer<PatternReport>> PatternsAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<PatternReport>(Reading.Plain(AnalyticsRoutes.Patterns), cancellation);

    public static Task<Answer<PatternReport>> AnalyzeAsync(this ApiClient api, int days, CancellationToken cancellation) =>
        api.SendAsync<PatternReport>(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{Reading.Plain(AnalyticsRoutes.AnalyzePatterns)}?days={days}"), null, null, cancellation, s_patience);

    public static Task<Answer<PublicStatus>> PublicStatusAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<PublicStatus>(Reading.Plain(AnalyticsRoutes.StatusPage), cancellation);
}
