using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>PagerDuty Events API v2: an escalation is one alert by its dedup_key, triggered, acknowledged, resolved. It drops doubles, so what may have arrived is sent again.</summary>
internal sealed class PagerDutyChannel(OutgoingHttp http) : INotificationChannel
{
    private const string Api = "https://events.pagerduty.com/v2/enqueue";
    private const int LongestSummary = 1_024;

    public ChannelKind Kind => ChannelKind.PagerDuty;

    public bool DropsDoubles => true;

    public async Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel)
    {
        if (channel.Secret is null) return new Told(ToldResult.Refused, "No integration key is stored for PagerDuty.");
        var action = message.Kind switch { NotificationKind.Claimed => "acknowledge", NotificationKind.Resolved => "resolve", _ => "trigger" };
        var told = Of(await CallAsync(channel, action, message, cancel));
        return told.Result == ToldResult.Told ? told with { External = message.DedupKey } : told;
    }

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        if (channel.Secret is null) return [new("integration key", false, "Nothing is stored. Enter the integration key of an Events API v2 integration (32 characters).")];
        var triggered = Of(await CallAsync(channel, "trigger", message, cancel));
        if (triggered.Result != ToldResult.Told) return [new("trigger", false, triggered.Detail ?? "PagerDuty did not take it.")];
        var resolved = Of(await CallAsync(channel, "resolve", message, cancel));
        return
        [
            new("trigger", true, "PagerDuty took a test alert of severity info."),
            new("resolve", resolved.Result == ToldResult.Told, resolved.Detail ?? "And resolved it at once."),
            new("webhook", channel.SigningSecret is not null, channel.SigningSecret is null
                ? $"No signing secret is stored, so acknowledging in PagerDuty changes nothing here. Add a webhook (v3) to /hooks/pagerduty/{channel.View.Id} of the Api and store its secret."
                : $"Acknowledging there comes back through /hooks/pagerduty/{channel.View.Id} of the Api."),
        ];
    }

    private Task<OutgoingAnswer> CallAsync(OpenedChannel channel, string action, ChannelMessage m, CancellationToken cancel)
    {
        var links = m.MessageLink is { } link ? new[] { new { href = link, text = "Open the message" } } : null;
        object body = action == "trigger"
            ? new
            {
                routing_key = channel.Secret, event_action = action, dedup_key = m.DedupKey, client = "EmailOps", client_url = m.MessageLink, links,
                payload = new
                {
                    summary = StoredText.Cut(m.Title, LongestSummary), source = m.Mailbox.Length > 0 ? m.Mailbox : "emailops", severity = m.IsTest ? "info" : Severity(m.Severity), timestamp = m.OpenedAt, component = "emailops", group = m.Category, @class = "escalation",
                    custom_details = new { status = m.Status, from = m.From, summary = m.Summary, reasons = m.Reasons, level = m.Level, due_at = m.DueAt },
                },
            }
            : new { routing_key = channel.Secret, event_action = action, dedup_key = m.DedupKey };
        return http.SendAsync(new OutgoingRequest(new Uri(channel.Settings.Address ?? Api)) { Body = JsonSerializer.SerializeToUtf8Bytes(body, ContractJson.Options) }, cancel);
    }

    /// <summary>202 with status success. 400 says what is wrong with the event: the key, mostly.</summary>
    private Told Of(OutgoingAnswer answer)
    {
        if (answer.Status != 400) return ChannelAnswer.Of(answer, DropsDoubles, answer.Status is 401 or 403 or 404 ? "Check the integration key and the region's address." : null);
        var json = ChannelAnswer.Json(answer.Body);
        var errors = json is { } said && said.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array ? string.Join(' ', list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Take(3).Select(e => ChannelAnswer.Cut(e.GetString()!))) : "";
        return new Told(ToldResult.Refused, $"PagerDuty refused the event: {errors}{(errors.Length == 0 ? json?.Text("message") ?? "it says not why" : "")}. Check the integration key; it belongs to an Events API v2 integration.");
    }

    private static string Severity(EscalationSeverity severity) => severity switch { EscalationSeverity.Critical => "critical", EscalationSeverity.High => "error", EscalationSeverity.Medium => "warning", _ => "info" };
}
