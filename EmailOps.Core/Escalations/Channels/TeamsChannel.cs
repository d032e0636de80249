using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>Teams by the address of a workflow ("When a Teams webhook request is received"): a card in the chat or channel that the workflow posts to. It drops no doubles.</summary>
internal sealed class TeamsWorkflow(OutgoingHttp http)
{
    public async Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        if (channel.Secret is null) return new Told(ToldResult.Refused, "No address of a workflow is stored for Teams.");
        var body = JsonSerializer.SerializeToUtf8Bytes(new { type = "message", attachments = new[] { new { contentType = AdaptiveCard.ContentType, content = AdaptiveCard.Of(message) } } }, ContractJson.Options);
        var answer = await http.SendAsync(new OutgoingRequest(new Uri(channel.Secret)) { Body = body }, cancel);
        return ChannelAnswer.Of(answer, dropsDoubles: false, answer.Status switch
        {
            400 => "The workflow does not take the card: use the template \"Post to a chat when a webhook request is received\".",
            401 or 403 => "The address was changed or its signature is wrong: copy it from the workflow again.",
            404 or 410 => "The workflow is gone or switched off: open it in the Workflows app, or make a new one.",
            413 => "The card is too large.",
            _ => null,
        });
    }

    public async Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
    {
        var told = await TellAsync(channel, message, cancel);
        return [new("delivery", told.Result == ToldResult.Told, told.Detail ?? "The workflow took the card. That it was posted shows in its run history, and in the chat.")];
    }
}

/// <summary>Teams: a group chat through Microsoft Graph, or a workflow's address.</summary>
internal sealed class TeamsChannel(TeamsWorkflow workflow, TeamsChat chat) : INotificationChannel
{
    public ChannelKind Kind => ChannelKind.Teams;

    public bool DropsDoubles => false;

    public Task<Told> TellAsync(OpenedChannel channel, ChannelMessage message, Func<string, Task> remember, CancellationToken cancel)
        => channel.Settings.ThroughGraph ? chat.TellAsync(message, remember, cancel) : workflow.TellAsync(channel, message, cancel);

    public Task<IReadOnlyList<ChannelTestStep>> TestAsync(OpenedChannel channel, ChannelMessage message, CancellationToken cancel)
        => channel.Settings.ThroughGraph ? chat.TestAsync(message, cancel) : workflow.TestAsync(channel, message, cancel);
}
