using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>
/// One log entry as one line of JSON: <c>ts level logger message pid thread request_id component</c>, then the entry's own values in
/// snake_case (<c>duration_ms</c> among them), then <c>exception</c>.
/// </summary>
public sealed class LogLine(SecretMask mask, TimeProvider time)
{
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal) { "ts", "level", "logger", "message", "pid", "thread", "request_id", "component", "exception" };

    private static readonly JsonWriterOptions Lenient = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARNING",
        LogLevel.Error => "ERROR",
        LogLevel.Critical => "CRITICAL",
        _ => "NONE",
    };

    /// <summary>EmailOps.Worker.Intake.ImportStage is "intake", EmailOps.Api.ApiHost is "api", Microsoft.AspNetCore.Hosting is "aspnetcore".</summary>
    public static string ComponentOf(string logger)
    {
        var parts = logger.Split('.');
        var part = parts[0] switch
        {
            "EmailOps" when parts.Length > 3 => parts[2],
            "EmailOps" or "Microsoft" or "System" when parts.Length > 1 => parts[1],
            _ => parts[0],
        };
        return part.ToLowerInvariant();
    }

    /// <summary>Without a line end.</summary>
    public string Write<TState>(string logger, LogLevel level, TState state, string message, Exception? exception, IExternalScopeProvider? scopes)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Lenient))
        {
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            scopes?.ForEachScope(Collect, values);
            Collect(state, values);

            json.WriteStartObject();
            json.WriteString("ts", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelName(level));
            json.WriteString("logger", logger);
            json.WriteString("message", mask.Apply(message));
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteNumber("thread", Environment.CurrentManagedThreadId);
            // The trace joins the lines of one request or one piece of work, also across processes.
            var request = Activity.Current?.TraceId.ToHexString() ?? values.GetValueOrDefault("request_id")?.ToString();
            if (request is not null)
                json.WriteString("request_id", request);
            json.WriteString("component", values.GetValueOrDefault("component")?.ToString() ?? ComponentOf(logger));
            foreach (var (name, value) in values)
            {
                if (!Taken.Contains(name))
                    WriteValue(json, name, value);
            }

            if (exception is not null)
                json.WriteString("exception", mask.Apply(exception.ToString()));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // MessageId -> message_id, elapsedMS -> elapsed_ms
    internal static string SnakeCase(string name)
    {
        if (name is "ElapsedMilliseconds" or "elapsed" or "Elapsed")
            return "duration_ms";
        var result = new StringBuilder(name.Length + 4);
        for (var at = 0; at < name.Length; at++)
        {
            var c = name[at];
            if (char.IsUpper(c) && at > 0 && (!char.IsUpper(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1]))) && result[^1] != '_')
                result.Append('_');
            result.Append(char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        }

        return result.ToString();
    }

    private static void Collect(object? state, Dictionary<string, object?> values)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
            return;
        foreach (var (name, value) in pairs)
        {
            if (name is not ("{OriginalFormat}" or "SpanId" or "TraceId" or "ParentId"))
                values[SnakeCase(name)] = value;
        }
    }

    private void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case TimeSpan span when name == "duration_ms": json.WriteNumber(name, Math.Round(span.TotalMilliseconds, 3)); break;
            default: json.WriteString(name, mask.Apply(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty)); break;
        }
    }
}
