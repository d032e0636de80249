using EmailOps.Core.Contracts;

namespace EmailOps.Web.Escalations;

/// <summary>How the console says where an escalation stands.</summary>
internal static class EscalationWords
{
    public static string Of(EscalationState state) => state switch { EscalationState.Open => "Open", EscalationState.Claimed => "Taken on", _ => "Settled" };

    public static string Tone(EscalationView e) => e switch { { State: EscalationState.Resolved } => "green", { IsOverdue: true } => "red", { State: EscalationState.Claimed } => "blue", _ => "amber" };

    public static string Tone(EscalationSeverity severity) => severity switch { EscalationSeverity.Critical => "red", EscalationSeverity.High => "amber", EscalationSeverity.Medium => "blue", _ => "grey" };

    public static string Of(NotificationState state) => state switch { NotificationState.Sent => "Told", NotificationState.Queued => "Waiting", NotificationState.Sending => "Under way", NotificationState.Failed => "Not told", NotificationState.Unknown => "Unknown", _ => "Left out" };

    public static string Tone(NotificationState state) => state switch { NotificationState.Sent => "green", NotificationState.Queued or NotificationState.Sending => "blue", NotificationState.Failed => "red", NotificationState.Unknown => "amber", _ => "grey" };

    public static string Of(NotificationKind kind) => kind switch { NotificationKind.Opened => "opened", NotificationKind.Reminder => "reminder", NotificationKind.NextLevel => "next level", NotificationKind.Claimed => "taken on", _ => "settled" };

    public static string Of(ChannelKind kind) => kind switch { ChannelKind.PagerDuty => "PagerDuty", ChannelKind.Email => "E-mail", _ => kind.ToString() };
}
