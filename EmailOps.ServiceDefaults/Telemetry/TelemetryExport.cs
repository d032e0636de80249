using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>
/// Sends traces, metrics and logs over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT says where to; without it nothing is collected. The
/// standard OTEL_* settings apply (protocol, headers, sampler, intervals): the exporter reads them itself.
/// </summary>
internal sealed class TelemetryExport(IConfiguration configuration, IHostEnvironment environment) : IHostedService, IDisposable
{
    // Sources and meters are the process's: with three hosts in one process, a second export would send everything twice.
    private static TelemetryExport? _exporting;

    private OpenTelemetrySdk? _sdk;

    public static void Add(IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        // ASP.NET Core 10 fills in attributes only when asked to.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddHostedService<TelemetryExport>();
        builder.Services.AddSingleton<IStartupFilter, RequestSpans>();
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
            logs.SetResourceBuilder(Describe(ResourceBuilder.CreateDefault(), builder.Configuration, builder.Environment));
            logs.AddProcessor(services => new SecretMaskProcessor(services.GetRequiredService<Logging.SecretMask>()));
            logs.AddOtlpExporter();
        });
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _exporting, this, null) is not null)
            return Task.CompletedTask;
        _sdk = OpenTelemetrySdk.Create(telemetry =>
        {
            // The exporter reads OTEL_* from here, and so from .env and the command line as well.
            telemetry.Services.AddSingleton(configuration);
            telemetry.ConfigureResource(resource => Describe(resource, configuration, environment));
            telemetry.WithTracing(traces => traces.AddSource(TelemetryNames.AllSources).AddProcessor(new NoiseFilter()).AddOtlpExporter());
            telemetry.WithMetrics(metrics => metrics.AddMeter(TelemetryNames.AllMeters).AddOtlpExporter());
        });
        return Task.CompletedTask;
    }

    /// <summary>What was recorded last is sent: it tells why we stop.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Dispose, CancellationToken.None);

    public void Dispose()
    {
        Interlocked.Exchange(ref _sdk, null)?.Dispose();
        Interlocked.CompareExchange(ref _exporting, null, this);
    }

    private static ResourceBuilder Describe(ResourceBuilder resource, IConfiguration configuration, IHostEnvironment environment) =>
        resource.AddService(configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : environment.ApplicationName).AddEnvironmentVariableDetector();
}
