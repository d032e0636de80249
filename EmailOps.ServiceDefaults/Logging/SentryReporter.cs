using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>
/// Sends error lines to Sentry as envelopes (develop.sentry.dev, "Envelopes"), behind a bounded queue: nobody waits for it, and while it is away or full only
/// reports are lost. A report is what the log line has (ids and counts, never mail), with secrets masked.
/// </summary>
public sealed class SentryReporter : IAsyncDisposable
{
    private const int Queued = 100;
    /// <summary>Of one report; a longer exception is cut.</summary>
    private const int MostCharacters = 16_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), AtTheEnd = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromHours(1);
    private static readonly string Release = $"emailops@{typeof(SentryReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    private readonly Channel<byte[]> _reports = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Queued) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly SentryDsn _dsn;
    private readonly SecretMask _mask;
    private readonly TimeProvider _time;
    private readonly string _environment;
    private readonly HttpClient _http;
    private readonly Task _sending;

    public SentryReporter(SentryDsn dsn, SecretMask mask, string environment, TimeProvider time)
    {
        (_dsn, _mask, _environment, _time) = (dsn, mask, environment, time);
        // The address is the operator's own choice, in a file only operators write; no redirects, and no spans that would carry it.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { Timeout = Patience, MaxResponseContentBufferSize = 64 * 1024 };
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>Never waits.</summary>
    /// <param name="logger">As in a log line.</param>
    /// <param name="level">Error or Critical.</param>
    /// <param name="message">Formatted.</param>
    /// <param name="exception">What was caught with it.</param>
    public void Report(string logger, LogLevel level, string message, Exception? exception) => _reports.Writer.TryWrite(Envelope(logger, level, message, exception));

    /// <summary>Gives what is queued a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        _reports.Writer.TryComplete();
        _stop.CancelAfter(AtTheEnd);
        await _sending;
        _http.Dispose();
        _stop.Dispose();
    }

    private byte[] Envelope(string logger, LogLevel level, string message, Exception? exception)
    {
        var (id, now) = (Guid.NewGuid().ToString("n"), _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("event_id", id);
            json.WriteString("timestamp", now);
            json.WriteString("platform", "csharp");
            json.WriteString("level", level == LogLevel.Critical ? "fatal" : "error");
            json.WriteString("logger", logger);
            json.WriteString("release", Release);
            json.WriteString("environment", _environment);
            json.WriteString("server_name", Environment.MachineName);
            json.WriteStartObject("logentry");
            json.WriteString("formatted", Clean(message));
            json.WriteEndObject();
            json.WriteStartObject("tags");
            json.WriteString("component", LogLine.ComponentOf(logger));
            if (System.Diagnostics.Activity.Current is { } activity) json.WriteString("request_id", activity.TraceId.ToHexString());
            json.WriteEndObject();
            if (exception is not null)
            {
                json.WriteStartObject("exception");
                json.WriteStartArray("values");
                json.WriteStartObject();
                json.WriteString("type", exception.GetType().FullName);
                json.WriteString("value", Clean(exception.Message));
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteStartObject("extra");
                json.WriteString("stack", Clean(exception.ToString()));
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var head = System.Text.Encoding.UTF8.GetBytes($$"""{"event_id":"{{id}}","sent_at":"{{now}}"}""" + "\n" + $$"""{"type":"event","content_type":"application/json","length":{{body.WrittenCount}}}""" + "\n");
        return [.. head, .. body.WrittenSpan, (byte)'\n'];
    }

    private string Clean(string text) => _mask.Apply(text.Length <= MostCharacters ? text : text[..MostCharacters]);

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var report in _reports.Reader.ReadAllAsync(_stop.Token))
                if (await SendAsync(report) is { } pause) await Task.Delay(pause, _time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return; // The end of the process; the log has what was not reported.
        }
    }

    /// <returns>How long to send nothing: the server asked for it.</returns>
    private async Task<TimeSpan?> SendAsync(byte[] report)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _dsn.Envelopes) { Content = new ByteArrayContent(report) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-sentry-envelope");
        request.Headers.TryAddWithoutValidation("X-Sentry-Auth", $"Sentry sentry_version=7, sentry_client=emailops/1, sentry_key={_dsn.PublicKey}");
        try
        {
            using var answer = await _http.SendAsync(request, _stop.Token);
            if ((int)answer.StatusCode != 429) return null;
            var asked = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromMinutes(1);
            return asked < TimeSpan.Zero ? null : asked > LongestPause ? LongestPause : asked;
        }
        catch (Exception away) when (away is HttpRequestException || away is TaskCanceledException && !_stop.IsCancellationRequested)
        {
            // Not by the log: that would report itself. One line a minute of pause is enough for a person.
            await Console.Error.WriteLineAsync($"Errors cannot be reported to {_dsn.Envelopes.Host} ({away.GetType().Name}); the log has them. Check SENTRY_DSN.");
            return TimeSpan.FromMinutes(1);
        }
    }
}

/// <summary>Hands errors to the reporter.</summary>
[ProviderAlias("Sentry")]
internal sealed class SentryLoggerProvider(SentryReporter reporter) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new SentryLogger(reporter, categoryName);

    public void Dispose()
    {
        // The reporter is the container's.
    }

    private sealed class SentryLogger(SentryReporter reporter, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error or LogLevel.Critical;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) reporter.Report(category, logLevel, formatter(state, exception), exception);
        }
    }
}
