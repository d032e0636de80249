using System.Text.Json;
using System.Text.Json.Serialization;
using EmailOps.Core.Alerts;
using EmailOps.Core.Data.Alerting;
using EmailOps.Core.Outgoing;

namespace EmailOps.Worker.Monitor;

/// <summary>Posts alert records to ALERT_WEBHOOK_URL: at least once, each with the same id at every attempt.</summary>
internal sealed class AlertTeller(AlertPost post, OutgoingHttp http, AlertsOptions options, IConfiguration configuration, TimeProvider clock, ILogger<AlertTeller> log)
{
    /// <summary>For all that is due at one look: the next look must not wait for a slow receiver.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task TellAsync(DateTimeOffset now, CancellationToken cancel)
    {
        if (options.WebhookUrl.Length == 0)
        {
            await post.NobodyAsync(now, cancel);
            return;
        }
        var began = clock.GetTimestamp();
        foreach (var alert in await post.DueAsync(now, cancel))
        {
            if (clock.GetElapsedTime(began) > s_patience) return; // the rest is still due
            var record = new AlertRecord(alert.Severity.ToString().ToUpperInvariant(), alert.Component, alert.Message, alert.Details, alert.Name, alert.Subject, alert.State.ToString().ToLowerInvariant(),
                alert.Id, alert.BeganAt, alert.FiredAt, alert.ResolvedAt, RunbookUrl(alert.RunbookPage));
            var answer = await SendAsync(record, $"alert-{alert.Id}-{record.State}", cancel);
            if (answer.IsDone)
            {
                await post.ToldAsync(alert, now, cancel);
                continue;
            }
            MonitorLog.NotTold(log, alert.Name, answer.Problem ?? "");
            await post.NotToldAsync(alert, answer.Problem ?? "", answer.RetryAfter, now, cancel);
            if (answer.Result is OutgoingResult.Unreachable or OutgoingResult.Lost) return; // the others would wait as long
        }
    }

    /// <summary>Without the store: what is told when the store itself is what is missing.</summary>
    public Task<OutgoingAnswer> SendAsync(AlertRecord record, string id, CancellationToken cancel) => http.SendAsync(new OutgoingRequest(new Uri(options.WebhookUrl))
    {
        Body = JsonSerializer.SerializeToUtf8Bytes(record, s_json), SigningSecret = options.WebhookSecret.Length > 0 ? options.WebhookSecret : null, Id = id,
    }, cancel);

    public string RunbookUrl(string page) => $"{(configuration["WEB_PUBLIC_URL"] is { Length: > 0 } console ? console.TrimEnd('/') : "http://localhost:8501")}/runbook/{page}";
}

/// <summary>What the webhook gets. The first four fields are those of the systems that EmailOps replaces.</summary>
internal sealed record AlertRecord(string Severity, string Component, string Message, IReadOnlyDictionary<string, string> Details,
    string Name, string Subject, string State, long Id, DateTimeOffset BeganAt, DateTimeOffset? FiredAt, DateTimeOffset? ResolvedAt, string RunbookUrl);
