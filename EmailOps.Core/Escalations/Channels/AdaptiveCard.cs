using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>A message as an Adaptive Card (1.4, what Teams shows everywhere). A stranger's words stand in text runs, where Teams reads no Markdown: no link can be made of a subject.</summary>
internal static class AdaptiveCard
{
    public const string ContentType = "application/vnd.microsoft.card.adaptive";
    private const int LongestText = 4_000;

    public static object Of(ChannelMessage message)
    {
        List<object> body = [Run(message.Title, "Large", "Bolder", message.Severity >= EscalationSeverity.High && message.State == EscalationState.Open && !message.IsTest ? "Attention" : "Default"), Run(message.Status)];
        if (message.Kind is NotificationKind.Opened or NotificationKind.NextLevel or NotificationKind.Reminder)
        {
            if (message.From.Length > 0) body.Add(Run($"From {message.From}{(message.Mailbox.Length > 0 ? $" to {message.Mailbox}" : "")}", color: "Default", isSubtle: true));
            if (message.Summary.Length > 0) body.Add(Run(message.Summary));
            body.AddRange(message.Reasons.Select(r => Run($"• {r}", isSubtle: true)));
        }
        return new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["type"] = "AdaptiveCard", ["version"] = "1.4", ["body"] = body, ["actions"] = Actions(message).ToArray(),
            ["fallbackText"] = StoredText.Cut($"{message.Title}. {message.Status}", LongestText),
        };
    }

    private static IEnumerable<object> Actions(ChannelMessage message)
    {
        if (message is { State: EscalationState.Open, ClaimLink: { } claim, IsTest: false }) yield return Link("Take it on", claim, "positive");
        if (message.State != EscalationState.Resolved && message is { ResolveLink: { } resolve, IsTest: false }) yield return Link("Settled", resolve, "default");
        if (message.MessageLink is { } open) yield return Link("Open the message", open, "default");
    }

    private static object Link(string title, Uri url, string style) => new { type = "Action.OpenUrl", title, url, style };

    private static object Run(string text, string size = "Default", string weight = "Default", string color = "Default", bool isSubtle = false)
        => new { type = "RichTextBlock", inlines = new[] { new { type = "TextRun", text = StoredText.Cut(text, LongestText), size, weight, color, isSubtle } } };
}
