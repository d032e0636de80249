using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>
/// Slack, by a bot's token (chat.postMessage: buttons that act, answers in a thread) or an incoming webhook (links only). Slack drops no doubles, so what may
/// have arrived is not sent again.
/// </summary>
internal sealed class SlackChannel(OutgoingHttp http) : INotificationChannel
{
    public const string ClaimAction = "emailops-claim", ResolveAction = "emailops-resolve";
    private const string Api = "https://slack.com/api";

    public ChannelKind Kind => ChannelKind.Slack;

    public bool DropsDoubles => false;

    public async Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel)
    {
        if (IsWebhook(channel)) return Webhook(await http.SendAsync(new OutgoingRequest(new Uri(channel.Secret!)) { Body = Json(new { text = message.Title, blocks = SlackBlocks.Of(message, canAct: false) }) }, cancel));
        var root = Thread(message.External);
        return Posted(await CallAsync(channel, "chat.postMessage", new
        {
            channel = root?.Channel ?? channel.Settings.Target, thread_ts = root?.Message, reply_broadcast = root is not null && message.Kind is NotificationKind.NextLevel ? true : (bool?)null,
            text = message.Title, blocks = SlackBlocks.Of(message, channel.SigningSecret is not null), unfurl_links = false, unfurl_media = false,
        }, cancel), message);
    }

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        if (channel.Secret is null) return [new("secret", false, "Nothing is stored. Enter the bot's token (xoxb-...) or the address of an incoming webhook.")];
        if (IsWebhook(channel))
        {
            var told = await TellAsync(channel, message, _ => Task.CompletedTask, cancel);
            return [new("delivery", told.Result == ToldResult.Told, told.Detail ?? "The webhook took it. It has links, no buttons; those need a bot's token.")];
        }
        List<ChannelTestStep> steps = [];
        var who = await CallAsync(channel, "auth.test", new { }, cancel);
        var answer = ChannelAnswer.Json(who.Body);
        var isIn = who.IsDone && IsOk(answer);
        steps.Add(new("token", isIn, isIn ? $"Signed in as {answer?.Text("user")} in {answer?.Text("team")}." : Explain(who, answer)));
        if (!isIn) return steps;
        var posted = Posted(await CallAsync(channel, "chat.postMessage", new { channel = channel.Settings.Target, text = message.Title, blocks = SlackBlocks.Of(message, canAct: false) }, cancel), message);
        steps.Add(new("delivery", posted.Result == ToldResult.Told, posted.Detail ?? "Slack took the message."));
        steps.Add(new("buttons", channel.SigningSecret is not null, channel.SigningSecret is null
            ? $"No signing secret is stored, so there are links instead of buttons. Store it, and set the app's interactivity request address to /hooks/slack/{channel.View.Id} of the Api."
            : $"Buttons act through /hooks/slack/{channel.View.Id} of the Api, which Slack must be able to reach."));
        return steps;
    }

    private Task<OutgoingAnswer> CallAsync(OpenedChannel channel, string method, object body, CancellationToken cancel)
        => http.SendAsync(new OutgoingRequest(new Uri($"{(channel.Settings.Address ?? Api).TrimEnd('/')}/{method}")) { Body = Json(body), Headers = [new("Authorization", $"Bearer {channel.Secret}")] }, cancel);

    private static Told Posted(OutgoingAnswer answer, ChannelMessage message)
    {
        var json = ChannelAnswer.Json(answer.Body);
        if (answer.IsDone && IsOk(json)) return new Told(ToldResult.Told, External: message.External ?? (json?.Text("channel") is { } channel && json.Value.Text("ts") is { } ts ? $"{channel}/{ts}" : null));
        if (!answer.IsDone) return ChannelAnswer.Of(answer, dropsDoubles: false);
        // Slack says most failures with status 200.
        return json?.Text("error") is "ratelimited" or "service_unavailable"
            ? new Told(ToldResult.Later, Explain(answer, json), answer.RetryAfter)
            : new Told(json?.Text("error") is null or "internal_error" or "fatal_error" or "request_timeout" ? ToldResult.Unclear : ToldResult.Refused, Explain(answer, json));
    }

    /// <summary>Incoming webhooks answer "ok", or one word with a status.</summary>
    private static Told Webhook(OutgoingAnswer answer) => answer.IsDone
        ? new Told(ToldResult.Told)
        : ChannelAnswer.Of(answer, dropsDoubles: false, answer.Body.Trim() switch
        {
            "invalid_token" or "no_service" or "no_active_hooks" or "no_team" or "team_disabled" => "The webhook is gone: make a new one in Slack and enter its address.",
            "channel_is_archived" or "channel_not_found" => "Its channel is gone or archived: make a webhook for another one.",
            "action_prohibited" or "posting_to_general_channel_denied" => "An administrator of Slack forbids posting there.",
            _ => null,
        });

    private static bool IsOk(JsonElement? json) => json is { } answer && answer.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True;

    private static string Explain(OutgoingAnswer answer, JsonElement? json) => json?.Text("error") switch
    {
        null => answer.Problem ?? "Slack's answer cannot be read.",
        "invalid_auth" or "not_authed" or "token_revoked" or "token_expired" or "account_inactive" => "Slack does not accept the token: install the app again and enter its bot token (xoxb-...).",
        "missing_scope" => $"The app lacks the scope {json.Value.Text("needed") ?? "chat:write"}: add it under OAuth & Permissions and install the app again.",
        "channel_not_found" => "There is no such channel, or the app is not in it: enter its id (C...) and invite the app.",
        "not_in_channel" => "The app is not in the channel: type /invite with its name there, or give it chat:write.public.",
        "is_archived" => "The channel is archived: choose another one.",
        "ratelimited" => "Slack asks us to wait.",
        var other => $"Slack refused: {ChannelAnswer.Cut(other)}.",
    };

    private static bool IsWebhook(OpenedChannel channel) => channel.Secret?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true;

    private static (string Channel, string Message)? Thread(string? external) => external?.Split('/') is [var channel, var ts] ? (channel, ts) : null;

    private static byte[] Json(object body) => JsonSerializer.SerializeToUtf8Bytes(body, ContractJson.Options);
}
