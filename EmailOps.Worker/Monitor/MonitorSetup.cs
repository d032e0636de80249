using EmailOps.Core.Alerts;

namespace EmailOps.Worker.Monitor;

internal static class MonitorSetup
{
    public static void AddMonitor(this IServiceCollection services)
    {
        services.AddSingleton<IAlertSource, SecurityAlerts>();
        services.AddSingleton<Figures>();
        services.AddSingleton<AlertTeller>();
        services.AddSingleton<StoreOutage>();
        services.AddHostedService<MonitorLoop>();
    }
}
