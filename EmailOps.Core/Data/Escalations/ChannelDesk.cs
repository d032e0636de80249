using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Escalations;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Puts together what a channel is told, as things stand at that moment, and tells it.</summary>
internal sealed class ChannelDesk(NpgsqlDataSource source, IEnumerable<INotificationChannel> channels, ChannelStore store, NotificationStore notifications, EscalationKey key, EscalationOptions options, TimeProvider clock)
{
    private readonly Dictionary<ChannelKind, INotificationChannel> _channels = channels.ToDictionary(c => c.Kind);

    public bool DropsDoubles(ChannelKind kind) => _channels[kind].DropsDoubles;

    /// <summary>One attempt; what became of it is written down.</summary>
    public async Task TellAsync(Telling telling, CancellationToken cancel)
    {
        var told = await AttemptAsync(telling, cancel);
        await notifications.SaveAsync(telling, told.Told, cancel);
        EscalationTelemetry.Told(told.Channel, told.Told.Result.ToString().ToLowerInvariant());
    }

    /// <returns>Null when there is no such channel.</returns>
    public async Task<ChannelTest?> TestAsync(long id, CancellationToken cancel)
    {
        try
        {
            if (await store.OpenAsync(id, cancel) is not { } channel) return null;
            var token = await key.TokenAsync(cancel);
            var now = clock.GetUtcNow();
            List<ChannelTestStep> steps = [.. await _channels[channel.View.Kind].TestAsync(channel, await HarmlessAsync(token, channel, now, cancel), cancel)];
            if (Console is null) steps.Add(new("links", true, "What is told will hold no links: set WEB_PUBLIC_URL to the console's address as people open it."));
            if (!channel.View.IsEnabled) steps.Add(new("switch", true, "The channel is switched off: it is told nothing until somebody switches it on."));
            return new ChannelTest(id, channel.View.Name, channel.View.Kind, steps.TrueForAll(s => s.Ok || s.Name is "buttons" or "webhook" or "signature"), steps);
        }
        catch (SecretsKeyException locked)
        {
            return await store.FindAsync(id, cancel) is { } view ? new ChannelTest(id, view.Name, view.Kind, false, [new("secret", false, locked.Message)]) : null;
        }
    }

    private async Task<(string Channel, Told Told)> AttemptAsync(Telling telling, CancellationToken cancel)
    {
        try
        {
            if (await store.OpenAsync(telling.ChannelId, cancel) is not { } channel) return ("none", new Told(ToldResult.Refused, "The channel is gone."));
            var message = await MessageAsync(telling, channel, cancel);
            return (channel.View.Kind.ToString().ToLowerInvariant(), await _channels[channel.View.Kind].TellAsync(channel, message, e => notifications.RememberAsync(telling, e, CancellationToken.None), cancel));
        }
        catch (SecretsKeyException locked)
        {
            return ("none", new Told(ToldResult.Later, locked.Message));
        }
    }

    private Uri? Console => options.PublicUrl is { Length: > 0 } url ? new Uri(url.EndsWith('/') ? url : url + "/") : null;

    private async Task<ChannelMessage> MessageAsync(Telling telling, OpenedChannel channel, CancellationToken cancel)
    {
        var token = await key.TokenAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var e = await EscalationViews.FindAsync(connection, telling.EscalationId, cancel) ?? throw new InvalidOperationException($"Escalation {telling.EscalationId} is gone.");
        var plan = (await ServiceLevelStore.PlansAsync(connection, cancel)).Of(e.MailboxId);
        var external = await Sql.QueryAsync(connection, "select external from notification where escalation_id = $1 and channel_id = $2 and external is not null order by (id = $3) desc, id limit 1", [e.Id, telling.ChannelId, telling.Id], r => r.GetString(0), cancel);
        var mailbox = await Sql.QueryAsync(connection, "select address from mailbox where id = $1", [e.MailboxId], r => r.GetString(0), cancel);
        var (now, has) = (clock.GetUtcNow(), channel.Settings.WithContent);
        return new ChannelMessage
        {
            EscalationId = e.Id, Kind = telling.Kind, Key = string.Create(CultureInfo.InvariantCulture, $"emailops-{token.Installation}-notification-{telling.Id}"), DedupKey = Dedup(token, e.Id), Severity = e.Severity, State = e.State, Level = e.Level,
            OpenedAt = e.OpenedAt, DueAt = e.DueAt, Category = e.Category, Mailbox = mailbox.FirstOrDefault() ?? "", Actor = e.State == EscalationState.Resolved ? e.ResolvedBy : e.ClaimedBy,
            Subject = has ? OneLine(e.Subject, ChannelMessage.LongestSubject) : "", From = has ? OneLine(e.From.Name is { Length: > 0 } name ? $"{name} ({e.From.Address})" : e.From.Address, ChannelMessage.LongestSubject) : "",
            Summary = has ? StoredText.Cut(e.Summary, ChannelMessage.LongestSummary) : "", Reasons = has ? [.. e.Reasons.Take(ChannelMessage.MostReasons).Select(r => OneLine(r, ChannelMessage.LongestReason))] : [], Note = has ? e.Resolution : null,
            MessageLink = Link(string.Create(CultureInfo.InvariantCulture, $"messages/{e.MessageId}")), ClaimLink = Link($"e/{token.Make(e.Id, LinkPurpose.Claim, now + options.LinksLast)}"), ResolveLink = Link($"e/{token.Make(e.Id, LinkPurpose.Resolve, now + options.LinksLast)}"),
            OnCall = [.. plan.OnCall.Where(c => c.Level <= e.Level)], External = external.FirstOrDefault(),
        };
    }

    private async Task<ChannelMessage> HarmlessAsync(LinkToken token, OpenedChannel channel, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var plan = (await ServiceLevelStore.PlansAsync(connection, cancel)).Of(channel.Settings.Mailbox ?? 0);
        return new ChannelMessage
        {
            EscalationId = 0, Kind = NotificationKind.Opened, Key = $"emailops-{token.Installation}-test-{Guid.NewGuid():N}", DedupKey = string.Create(CultureInfo.InvariantCulture, $"emailops-{token.Installation}-test-{channel.View.Id}"), Severity = EscalationSeverity.Low, State = EscalationState.Open, Level = 1,
            OpenedAt = now, MessageLink = Console, IsTest = true, OnCall = [.. plan.OnCall.Where(c => c.Level == 1)],
        };
    }

    private static string Dedup(LinkToken token, long id) => string.Create(CultureInfo.InvariantCulture, $"emailops-{token.Installation}-escalation-{id}");

    private Uri? Link(string path) => Console is { } at ? new Uri(at, path) : null;

    private static string OneLine(string text, int most) => StoredText.Cut(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim(), most);
}
