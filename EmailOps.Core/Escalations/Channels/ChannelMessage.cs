using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>What is told, as all channels have it. Subject, sender and summary are words of strangers: each channel writes them as plain text.</summary>
internal sealed record ChannelMessage
{
    public const int LongestSubject = 200, LongestSummary = 1_000, MostReasons = 4, LongestReason = 300;

    public required long EscalationId { get; init; }
    public required NotificationKind Kind { get; init; }
    /// <summary>The same at every attempt, and of no other telling.</summary>
    public required string Key { get; init; }
    /// <summary>The same for all that is told of one escalation.</summary>
    public required string DedupKey { get; init; }
    public required EscalationSeverity Severity { get; init; }
    public required EscalationState State { get; init; }
    public required int Level { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>Empty where contents stay in the house.</summary>
    public string Subject { get; init; } = "";
    public string From { get; init; } = "";
    public string Summary { get; init; } = "";
    public IReadOnlyList<string> Reasons { get; init; } = [];
    public string? Category { get; init; }
    public string Mailbox { get; init; } = "";
    /// <summary>Who took it on, or settled it.</summary>
    public string? Actor { get; init; }
    public string? Note { get; init; }
    public Uri? MessageLink { get; init; }
    public Uri? ClaimLink { get; init; }
    public Uri? ResolveLink { get; init; }
    /// <summary>Those of the levels called so far.</summary>
    public IReadOnlyList<OnCallContact> OnCall { get; init; } = [];
    /// <summary>What an earlier telling of this escalation is called there.</summary>
    public string? External { get; init; }
    public bool IsTest { get; init; }

    /// <summary>Subject line of what is told.</summary>
    public string Title => IsTest ? "EmailOps test: nothing is wrong" : $"{Lead}{(Subject.Length > 0 ? $": {Subject}" : $" {EscalationId}")}";

    private string Lead => Kind switch
    {
        NotificationKind.Opened => $"{Severity} escalation",
        NotificationKind.Reminder => $"Still waiting, {Severity.ToString().ToLowerInvariant()} escalation",
        NotificationKind.NextLevel => $"Level {Level} is called, {Severity.ToString().ToLowerInvariant()} escalation",
        NotificationKind.Claimed => "Taken on",
        _ => "Settled",
    };

    /// <summary>One line of what stands now.</summary>
    public string Status => (IsTest, State) switch
    {
        (true, _) => "This is what an escalation will look like. You need do nothing.",
        (_, EscalationState.Claimed) when Actor is not null => $"{Actor} took it on.{(DueAt is { } by ? $" To be settled by {Instant(by)}." : "")}",
        (_, EscalationState.Resolved) => $"{Actor ?? "Somebody"} settled it.{(string.IsNullOrEmpty(Note) ? "" : $" {Note}")}",
        _ => DueAt is { } by ? $"Somebody should take it on by {Instant(by)}." : "Nobody has taken it on.",
    };

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
