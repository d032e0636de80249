using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>A short line for a person at a terminal: time, component, message; coloured by level where colour is wanted.</summary>
internal sealed class TerminalFormatter(SecretMask mask, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "emailops-terminal";

    // https://no-color.org
    private readonly bool _colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var (colour, level) = logEntry.LogLevel switch
        {
            LogLevel.Critical or LogLevel.Error => ("\e[31m", "error: "),
            LogLevel.Warning => ("\e[33m", "warning: "),
            LogLevel.Debug or LogLevel.Trace => ("\e[2m", ""),
            _ => ("", ""),
        };
        var now = time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var message = mask.Apply(logEntry.Formatter(logEntry.State, logEntry.Exception));
        var head = $"{now} {LogLine.ComponentOf(logEntry.Category),-12} ";
        textWriter.WriteLine(_colour ? $"\e[2m{head}\e[0m{colour}{level}{Clean(message)}\e[0m" : $"{head}{level}{Clean(message)}");
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine(Clean(mask.Apply(exception.ToString())));
    }

    // Text from a mail (a subject, a file name) must not drive the terminal (CWE-150).
    private static string Clean(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\b') < 0 && !text.Contains('\e', StringComparison.Ordinal)
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));
}
