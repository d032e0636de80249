using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>Counts warnings and errors as they are logged: the watch list's first two lines, without anybody reading logs.</summary>
[ProviderAlias("Count")]
internal sealed class LogMeter : ILoggerProvider, ILogger
{
    private static readonly Meter s_meter = new($"{TelemetryNames.Ours}.Logs");
    private static readonly Counter<long> s_lines = s_meter.CreateCounter<long>("emailops.log.lines", "{line}", "Lines logged, by level: warning, error, critical");

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) s_lines.Add(1, new KeyValuePair<string, object?>("level", logLevel switch { LogLevel.Warning => "warning", LogLevel.Error => "error", _ => "critical" }));
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
