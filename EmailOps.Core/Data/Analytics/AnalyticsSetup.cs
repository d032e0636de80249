using EmailOps.Core.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EmailOps.Core.Data.Analytics;

internal static class AnalyticsSetup
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<RequestTally>();
        services.AddSingleton<HourCounter>();
        services.AddSingleton<PerformanceStore>();
        services.AddSingleton<SystemSamples>();
        services.AddSingleton<Reports>();
        services.AddSingleton<ReportShelf>();
        services.AddSingleton<PatternStore>();
    }

    /// <summary>For hosts that live long.</summary>
    public static void AddSampler(IServiceCollection services, string role) => services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<SystemSampler>(s, role));
}
