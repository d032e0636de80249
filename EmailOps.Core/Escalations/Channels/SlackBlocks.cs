using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Escalations.Channels;

/// <summary>A message as Block Kit has it. Everything is plain_text, which Slack neither formats nor searches for mentions: the words are a stranger's.</summary>
internal static class SlackBlocks
{
    private const int LongestHeader = 150, LongestText = 2_900, LongestAddress = 2_900;

    /// <param name="canAct">Slack can call us back; else the buttons are links.</param>
    public static IReadOnlyList<object> Of(ChannelMessage message, bool canAct)
    {
        List<object> blocks = [new { type = "header", text = Plain(message.Title, LongestHeader) }, Section(message.Status)];
        if (message.Kind is NotificationKind.Opened or NotificationKind.NextLevel or NotificationKind.Reminder)
        {
            string?[] facts = [message.From.Length > 0 ? $"From: {message.From}" : null, message.Mailbox.Length > 0 ? $"To: {message.Mailbox}" : null, message.Summary.Length > 0 ? message.Summary : null, .. message.Reasons.Select(r => $"• {r}")];
            if (string.Join('\n', facts.Where(f => f is not null)) is { Length: > 0 } text) blocks.Add(Section(text));
        }
        var buttons = Buttons(message, canAct).ToArray();
        if (buttons.Length > 0) blocks.Add(new { type = "actions", elements = buttons });
        return blocks;
    }

    private static IEnumerable<object> Buttons(ChannelMessage message, bool canAct)
    {
        if (message.State == EscalationState.Open && Button("Take it on", SlackChannel.ClaimAction, message.ClaimLink, "primary") is { } claim) yield return claim;
        if (message.State != EscalationState.Resolved && Button("Settled", SlackChannel.ResolveAction, message.ResolveLink, null) is { } resolve) yield return resolve;
        if (message.MessageLink is { OriginalString.Length: < LongestAddress } open) yield return new { type = "button", text = Plain("Open the message", 75), url = open, action_id = "emailops-open" };

        object? Button(string words, string action, Uri? link, string? style) => message.IsTest ? null
            : canAct ? new { type = "button", text = Plain(words, 75), action_id = action, value = message.EscalationId.ToString(CultureInfo.InvariantCulture), style }
            : link is { OriginalString.Length: < LongestAddress } ? new { type = "button", text = Plain(words, 75), action_id = $"{action}-link", url = link, style } : null;
    }

    private static object Section(string text) => new { type = "section", text = Plain(text, LongestText) };

    private static object Plain(string text, int most) => new { type = "plain_text", text = StoredText.Cut(text, most), emoji = false };
}
