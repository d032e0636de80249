using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>A line of JSON for each entry: what a log collector reads.</summary>
internal sealed class JsonConsoleFormatter(LogLine line) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "emailops-json";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
        textWriter.Write(line.Write(logEntry.Category, logEntry.LogLevel, logEntry.State,
            logEntry.Formatter(logEntry.State, logEntry.Exception), logEntry.Exception, scopeProvider) + '\n');
}
