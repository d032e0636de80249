using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>Any server, by signed POST. The id in the header is the same at every attempt, so that the receiver drops doubles.</summary>
internal sealed class WebhookChannel(OutgoingHttp http) : INotificationChannel
{
    public ChannelKind Kind => ChannelKind.Webhook;

    public bool DropsDoubles => true;

    public async Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel) => ChannelAnswer.Of(await SendAsync(channel, message, cancel), DropsDoubles);

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        if (http.Problem(channel.Settings.Address) is { } problem) return [new("address", false, problem)];
        var answer = await SendAsync(channel, message, cancel);
        return
        [
            new("address", true, "It may be called."),
            new("signature", channel.Secret is not null, channel.Secret is null ? "No key is stored: the receiver cannot tell whether it comes from us. Store one as the channel's secret." : "Signed by HMAC-SHA256 (webhook-signature)."),
            new("delivery", answer.IsDone, answer.Problem ?? $"The server took it ({answer.Status})."),
        ];
    }

    private Task<OutgoingAnswer> SendAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
        => http.SendAsync(new OutgoingRequest(new Uri(channel.Settings.Address ?? "", UriKind.RelativeOrAbsolute)) { Body = Body(message), Id = message.Key, SigningSecret = channel.Secret, Headers = channel.Secret is null ? [new(WebhookSignature.IdHeader, message.Key)] : [] }, cancel);

    private static byte[] Body(ChannelMessage m) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = m.IsTest ? "escalation.test" : $"escalation.{(m.Kind == NotificationKind.NextLevel ? "next-level" : m.Kind.ToString().ToLowerInvariant())}",
        timestamp = m.OpenedAt,
        data = new
        {
            id = m.EscalationId, key = m.DedupKey, severity = m.Severity, state = m.State, level = m.Level, dueAt = m.DueAt, title = m.Title, status = m.Status, mailbox = m.Mailbox, subject = m.Subject, from = m.From,
            summary = m.Summary, reasons = m.Reasons, category = m.Category, actor = m.Actor, note = m.Note, message = m.MessageLink, claim = m.ClaimLink, resolve = m.ResolveLink,
        },
    }, ContractJson.Options);
}
