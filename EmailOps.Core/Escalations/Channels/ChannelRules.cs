using EmailOps.Core.Contracts;
using EmailOps.Core.Outgoing;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>What a channel must be to be saved. It was typed, or came over the network: every text and count is bounded.</summary>
internal static class ChannelRules
{
    public const int LongestName = 60;
    private const int LongestText = 200, MostRecipients = 20, MostPerHour = 1_000, LongestSecret = 4_000;

    /// <param name="ours">Addresses of our own mailboxes: a mail to one of them would come back as a stranger's.</param>
    /// <returns>Null, or one sentence for whoever entered it.</returns>
    public static string? Problem(SaveChannel save, ChannelView? before, OutgoingHttp http, IReadOnlyCollection<string> ours)
    {
        if (!Enum.IsDefined(save.Kind)) return "kind is webhook, slack, teams, pagerduty or email.";
        if (before is not null && before.Kind != save.Kind) return "A channel keeps its kind; make another one.";
        if (string.IsNullOrWhiteSpace(save.Name) || save.Name.Trim().Length > LongestName || save.Name.Any(char.IsControl)) return $"name has 1 to {LongestName} characters on one line.";
        if (save.Settings is not { Recipients: not null, Levels: not null } settings || !Enum.IsDefined(settings.FromSeverity)) return "settings is missing, or a part of it is empty.";
        if (save.Secret?.Length > LongestSecret || save.SigningSecret?.Length > LongestSecret || settings.Target?.Length > LongestText) return $"A secret has at most {LongestSecret} characters, a target {LongestText}.";
        if (save.Secret?.Any(char.IsControl) == true || save.SigningSecret?.Any(char.IsControl) == true) return "A secret stands on one line.";
        if (settings.Levels.Any(l => l is < 1 or > ServiceLevel.HighestLevel)) return "levels are 1 to 4.";
        if (settings.MostPerHour is < 1 or > MostPerHour) return $"mostPerHour is {settings.MostPerHour}; set it between 1 and {MostPerHour}.";
        if (settings.Address is { Length: > 0 } address && http.Problem(address) is { } bad) return bad;
        if (Moves(save, before)) return "The address is another server now: enter the secret again, so that it is shown to that server only because you want that.";
        return save.Kind switch
        {
            ChannelKind.Webhook when string.IsNullOrWhiteSpace(settings.Address) => "A webhook needs its address.",
            ChannelKind.Slack => Secret(save, http, Has(save, before), "Slack needs a bot's token (xoxb-...) or the address of an incoming webhook.") ?? (!IsAddress(save.Secret) && save.Secret is { Length: > 0 } && string.IsNullOrWhiteSpace(settings.Target) ? "With a bot's token, enter the channel (its id, C...)." : null),
            ChannelKind.Teams when !settings.ThroughGraph => Secret(save, http, Has(save, before), "Teams needs the address of a workflow (Workflows app, \"When a Teams webhook request is received\"), or Microsoft Graph."),
            ChannelKind.PagerDuty when !Has(save, before) => "PagerDuty needs the integration key of an Events API v2 integration.",
            ChannelKind.Email => Email(settings, ours),
            _ => null,
        };
    }

    private static string? Email(ChannelSettings settings, IReadOnlyCollection<string> ours)
    {
        if (settings.FromMailbox is null) return "Choose the mailbox whose server sends it.";
        if (settings.Recipients.Count is < 1 or > MostRecipients) return $"Enter 1 to {MostRecipients} recipients.";
        return settings.Recipients.FirstOrDefault(r => r is not { Length: > 2 and <= 254 } || r.IndexOf('@', StringComparison.Ordinal) is not > 0 || r.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or ',')) is { } wrong ? $"\"{wrong}\" is no address."
            : settings.Recipients.FirstOrDefault(r => ours.Contains(r, StringComparer.OrdinalIgnoreCase)) is { } own ? $"{own} is a mailbox of ours: what is told would come back as mail." : null;
    }

    private static string? Secret(SaveChannel save, OutgoingHttp http, bool has, string missing) => !has ? missing : IsAddress(save.Secret) ? http.Problem(save.Secret) : null;

    private static bool IsAddress(string? secret) => secret?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true;

    private static bool Has(SaveChannel save, ChannelView? before) => save.Secret is null ? before?.HasSecret == true : save.Secret.Length > 0;

    private static bool Moves(SaveChannel save, ChannelView? before)
        => before is { HasSecret: true } && save.Secret is null && !string.Equals(Host(before.Settings.Address), Host(save.Settings.Address), StringComparison.OrdinalIgnoreCase);

    private static string? Host(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.IdnHost : null;
}
