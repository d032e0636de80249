using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EmailOps.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EmailOps.ServiceDefaults.Health;

/// <summary>Publishes what the checks of /health say, so that a process that lives but cannot work is seen by who only reads metrics.</summary>
internal sealed class HealthMeter : IHealthCheckPublisher, IDisposable
{
    private static readonly Meter s_meter = new($"{TelemetryNames.Ours}.Health");
    private static readonly ConcurrentDictionary<(string Service, string Check), double> s_states = new();
    private static readonly ObservableGauge<double> s_gauge = s_meter.CreateObservableGauge("emailops.health.status", Read, null, "What a check of /health said last: 1 healthy, 0.5 degraded, 0 unhealthy");
    private readonly string _service;

    public HealthMeter(IHostEnvironment environment)
    {
        _ = s_gauge.Enabled; // made before the first check is published
        _service = environment.ApplicationName.Split('.')[^1].ToLowerInvariant();
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (check, entry) in report.Entries)
            s_states[(_service, check)] = entry.Status switch { HealthStatus.Healthy => 1, HealthStatus.Degraded => 0.5, _ => 0 };
        return Task.CompletedTask;
    }

    /// <summary>A host that has ended is neither well nor ill.</summary>
    public void Dispose()
    {
        foreach (var key in s_states.Keys.Where(key => key.Service == _service)) s_states.TryRemove(key, out _);
    }

    private static IEnumerable<Measurement<double>> Read() => s_states.Select(s => new Measurement<double>(s.Value, new("service", s.Key.Service), new("check", s.Key.Check)));
}
