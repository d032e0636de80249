using EmailOps.ServiceDefaults.Calls;
using EmailOps.ServiceDefaults.Health;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.ServiceDefaults.Prometheus;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults;

/// <summary>What every process has: settings, logs, telemetry, health, calls to the other services.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Tag of the checks that tell whether the process itself works; failing them is a reason to restart it.</summary>
    public const string Live = "live";

    /// <summary>Tag of the checks that tell whether it can do its work; failing them is a reason to send it none.</summary>
    public const string Ready = "ready";

    /// <summary>How often the checks are made for the metrics; probes make them by themselves.</summary>
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(30);

    /// <summary>Call it first: it completes the configuration that everything after it reads.</summary>
    /// <exception cref="InvalidSettingException">A setting cannot be used; names it and what is allowed.</exception>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.Configuration.AddSettings();
        builder.AddLogs();
        TelemetryExport.Add(builder);
        ProcessMeter.Watch(StateFolder.FindOrNull(name => builder.Configuration[name]));
        builder.Logging.AddProvider(new LogMeter());
        builder.Services.AddSingleton(PrometheusMetrics.OfProcess);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthMeter>();
        builder.Services.Configure<HealthCheckPublisherOptions>(o => o.Period = HealthPeriod);
        builder.Services.AddTransient<ServiceCallHandler>();
        builder.Services.ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler<ServiceCallHandler>());
        return builder;
    }

    /// <summary>/health (all checks), /alive (those tagged live) and /metrics, also in production, and open to everybody who reaches the port.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        Map(app, "/health", _ => true);
        Map(app, "/alive", check => check.Tags.Contains(Live));
        var aliases = app.Configuration.GetValue("Metrics:Aliases", true);
        app.MapGet("/metrics", (PrometheusMetrics metrics) => Results.Text(metrics.Write(aliases), PrometheusMetrics.ContentType))
            .AllowAnonymous().DisableRateLimiting().DisableHttpMetrics().ExcludeFromDescription();
        return app;
    }

    private static void Map(IEndpointRouteBuilder app, string path, Func<HealthCheckRegistration, bool> which) => app
        .MapHealthChecks(path, new HealthCheckOptions { Predicate = which, ResponseWriter = HealthReportWriter.WriteAsync })
        .AllowAnonymous()
        .DisableRateLimiting()
        .DisableHttpMetrics();
}
