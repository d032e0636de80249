namespace EmailOps.Core.Contracts;

/// <summary>Where people are told about escalations.</summary>
public enum ChannelKind
{
    /// <summary>Any server, by signed POST (Standard Webhooks).</summary>
    Webhook,
    Slack,
    Teams,
    PagerDuty,
    Email,
}

/// <summary>How a channel is called, and when. Nothing secret stands here.</summary>
public sealed record ChannelSettings
{
    /// <summary>Webhook: the address called. Slack, PagerDuty: another server than the vendor's (https://events.eu.pagerduty.com/v2/enqueue). Others: none.</summary>
    public string? Address { get; init; }
    /// <summary>Slack with a bot's token: the channel's id or name. Teams through Graph: the mailbox's connection or empty for the only one.</summary>
    public string? Target { get; init; }
    /// <summary>Teams: true makes a group chat with those on call through Microsoft Graph; false posts to the address of a workflow, which is the secret.</summary>
    public bool ThroughGraph { get; init; }
    /// <summary>E-mail: whom to write to, at most 20.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];
    /// <summary>E-mail: the mailbox whose server sends it.</summary>
    public long? FromMailbox { get; init; }
    /// <summary>Only escalations of this mailbox; null: of all.</summary>
    public long? Mailbox { get; init; }
    /// <summary>Told once one of these on-call levels is called; empty: from the beginning.</summary>
    public IReadOnlyList<int> Levels { get; init; } = [];
    /// <summary>Less severe ones are not told.</summary>
    public EscalationSeverity FromSeverity { get; init; }
    /// <summary>Sender, subject, summary and reasons leave the house; false: only that there is something, and the link.</summary>
    public bool WithContent { get; init; } = true;
    /// <summary>Further ones in an hour are left out, and shown as such: an archive that is imported must not flood a chat.</summary>
    public int MostPerHour { get; init; } = 60;
}

/// <summary>Body of <c>POST /channels</c> and <c>PUT /channels/{id}</c>.</summary>
/// <param name="Name">1 to 60 characters; no other channel has it.</param>
/// <param name="Secret">Slack: bot token (xoxb-...) or address of an incoming webhook. Teams: address of the workflow. PagerDuty: integration key. Webhook: key that signs. Null keeps the stored one, empty removes it.</param>
/// <param name="SigningSecret">Proves that what comes back is theirs: Slack's signing secret, that of PagerDuty's webhook. Null keeps the stored one.</param>
public sealed record SaveChannel(ChannelKind Kind, string Name, ChannelSettings Settings, bool IsEnabled = true, string? Secret = null, string? SigningSecret = null);

/// <param name="Version">Send back as <c>If-Match</c>.</param>
/// <param name="Problem">Why the last one could not be told; null after one that could.</param>
/// <param name="Failed">Not told, or nobody knows, during the last day.</param>
public sealed record ChannelView(long Id, ChannelKind Kind, string Name, ChannelSettings Settings, bool IsEnabled, bool HasSecret, bool HasSigningSecret, int Version,
    DateTimeOffset? LastSentAt = null, string? Problem = null, int Waiting = 0, int Failed = 0);

/// <summary>What came of a test. Each step in order, so that the first that failed says what to do.</summary>
public sealed record ChannelTest(long ChannelId, string Name, ChannelKind Kind, bool Ok, IReadOnlyList<ChannelTestStep> Steps);

/// <param name="Detail">What was found, and what to do where it failed; never a secret.</param>
public sealed record ChannelTestStep(string Name, bool Ok, string Detail);

/// <summary>Why somebody is told.</summary>
public enum NotificationKind
{
    Opened,
    /// <summary>It is overdue.</summary>
    Reminder,
    /// <summary>It is overdue, and the next level is called.</summary>
    NextLevel,
    Claimed,
    Resolved,
}

/// <summary>How telling stands.</summary>
public enum NotificationState
{
    Queued,
    /// <summary>Committed before the channel is called; found after a crash it is sent again where the channel drops doubles, else it becomes <see cref="Unknown"/>.</summary>
    Sending,
    Sent,
    /// <summary>It will not be told unless a person has it sent again.</summary>
    Failed,
    /// <summary>It may have been told; a person looks, or has it sent again.</summary>
    Unknown,
    /// <summary>There was no need, or too many came at once.</summary>
    Skipped,
}

/// <summary>One telling of one channel.</summary>
public sealed record NotificationView(long Id, long EscalationId, long ChannelId, string Channel, ChannelKind ChannelKind, NotificationKind Kind, NotificationState State, int Level, int Attempts,
    string? Detail, DateTimeOffset CreatedAt, DateTimeOffset? SentAt);

/// <summary>Paths about channels; laws as in <see cref="Routes"/>.</summary>
public static class ChannelRoutes
{
    /// <summary>GET -> ChannelView[]; POST SaveChannel -> 201 ChannelView.</summary>
    public const string All = "/channels";
    /// <summary>GET -> ChannelView; PUT SaveChannel (If-Match) -> ChannelView; DELETE (If-Match) -> 204.</summary>
    public const string One = "/channels/{id:long}";
    /// <summary>POST -> ChannelTest: tells it something harmless, for real.</summary>
    public const string Test = "/channels/{id:long}/test";
    /// <summary>POST -> ChannelTest[]: all channels of a kind (teams, slack, webhook, pagerduty, email).</summary>
    public const string TestKind = "/channels/test/{kind}";
    /// <summary>GET -> NotificationView[] newest first. Query: state, channel, take (1-200, default 100).</summary>
    public const string Notifications = "/notifications";
    /// <summary>POST -> 202: of one that failed, is unknown or was left out.</summary>
    public const string Again = "/notifications/{id:long}/again";
    /// <summary>POST, open to everybody, proved by Slack's signature: the buttons under a message.</summary>
    public const string SlackHook = "/hooks/slack/{id:long}";
    /// <summary>POST, open to everybody, proved by PagerDuty's signature (webhook v3): acknowledged and resolved incidents.</summary>
    public const string PagerDutyHook = "/hooks/pagerduty/{id:long}";
}
