using System.Text;

namespace EmailOps.Mail.Automated;

/// <summary>
/// What a message says, taken apart for recognition: the text written for people, the machine's report, and the headers of the message it is about.
/// Looks at a bounded amount of text only.
/// </summary>
internal sealed class ReportText
{
    private const int MaxText = 64 * 1024, MaxParts = 64;
    private const string IdentifierField = "Message-ID:";

    // Lines that introduce a copy of the original below a report written as plain text.
    private static readonly string[] CopyMarks =
    [
        "below this line is a copy", "enclosed is a copy", "this is a copy of the message", "this is a copy of your message", "----- original message -----", "original message follows", "message headers follow",
        "the header of the original message", "included is a copy of the message header", "-------original message", "-------original mail", "unsent message follows", "below is a copy of the original message",
        "message text follows", "message header follows", "returned message follows", "text of your message follows", "first 100 lines of message", "copy of the message header",
    ];

    /// <summary>Text for people, without the copy of the original message, white space left as it is.</summary>
    public string Human { get; private set; } = "";

    /// <summary>The same with every run of white space as one space, for wording that may be folded anywhere.</summary>
    public string Flat { get; private set; } = "";

    /// <summary>Fields of the report parts, and of text that carries them.</summary>
    public List<DeliveryFields> Deliveries { get; } = [];

    public bool HasDeliveryPart { get; private set; }

    /// <summary>Text of a message/disposition-notification part (RFC 8098), or null.</summary>
    public string? Disposition { get; private set; }

    /// <summary>Text of a message/feedback-report part (RFC 5965), or null.</summary>
    public string? Feedback { get; private set; }

    /// <summary>Message-ID of the enclosed original, or null.</summary>
    public string? OriginalMessageId { get; private set; }

    public static ReportText Of(MailMessage message)
    {
        var report = new ReportText();
        var human = new StringBuilder();
        foreach (var part in message.Root.Walk().Take(MaxParts))
            report.Take(part, human);
        report.Human = report.WithoutCopy(human.ToString());
        report.Flat = Flatten(report.Human);
        if (report.Deliveries.Count == 0)
            report.Deliveries.AddRange(DeliveryFields.Read(report.Human).Where(r => r.FinalRecipient is not null || r.Action is not null));
        return report;
    }

    /// <summary>
    /// Reads report fields from the raw text of a message whose structure does not give them: boundaries that do not match, a report inside an enclosed
    /// message, a multipart declared as text.
    /// </summary>
    public void RescueFrom(MailMessage message)
    {
        var body = message.Root.RawBody.Span;
        var text = Encoding.Latin1.GetString(body[..Math.Min(body.Length, MaxText * 4)]);
        Deliveries.AddRange(DeliveryFields.Read(text).Where(r => r.Status is not null && (r.FinalRecipient ?? r.Action) is not null));
    }

    /// <summary>The value of a field "Name: value" that begins a line of the text, or null.</summary>
    public static string? Field(string text, string name)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var content = line.TrimStart("> ");
            if (content.Length > name.Length && content.StartsWith(name, StringComparison.OrdinalIgnoreCase) && content[name.Length] == ':')
                return content[(name.Length + 1)..].Trim().ToString();
        }

        return null;
    }

    private void Take(MimePart part, StringBuilder human)
    {
        var type = part.ContentType.MediaType;
        if (part.Message is { } original)
        {
            OriginalMessageId ??= original.MessageId;
            return;
        }

        if (part.ContentType.IsMultipart || (part.ContentType.Type is not ("text" or "message")))
            return;
        var text = Cut(part.DecodeText());
        switch (type)
        {
            case "message/delivery-status" or "message/global-delivery-status":
                HasDeliveryPart = true;
                Deliveries.AddRange(DeliveryFields.Read(text));
                break;
            case "message/disposition-notification" or "message/global-disposition-notification":
                Disposition = text;
                break;
            case "message/feedback-report":
                Feedback = text;
                break;
            case "text/rfc822-headers" or "text/rfc822-header" or "message/rfc822-headers" or "message/global-headers":
                OriginalMessageId ??= Identifier(text);
                break;
            case "text/html" when human.Length > 0:
                break; // the alternative of the text already taken
            default:
                if (part.ContentType.IsText && human.Length < MaxText && part.ContentDisposition is not { IsAttachment: true })
                    human.Append(type == "text/html" ? HtmlText.ToVisibleText(text) : text).Append('\n');
                break;
        }
    }

    // Cuts at a mark, or where header lines of the original begin.
    private string WithoutCopy(string text)
    {
        var end = text.Length;
        foreach (var mark in CopyMarks)
        {
            var at = text.AsSpan(0, end).IndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
                end = text.LastIndexOf('\n', at) + 1;
        }

        foreach (var name in (ReadOnlySpan<string>)["\nReceived:", "\nReturn-Path:", "\nDKIM-Signature:", "\nX-Google-Smtp-Source:"])
        {
            var at = text.AsSpan(0, end).IndexOf(name, StringComparison.OrdinalIgnoreCase);
            if (at > 0)
                end = at;
        }

        OriginalMessageId ??= Identifier(text[end..]);
        return text[..end];
    }

    // Long identifiers stand on a line of their own where servers fold fields anew.
    private static string? Identifier(string headers)
    {
        var takesNext = false;
        foreach (var line in headers.AsSpan().EnumerateLines())
        {
            var content = line.TrimStart("> ").Trim();
            if (takesNext)
                return content.Length > 2 ? content.Trim("<>").ToString() : null;
            if (!content.StartsWith(IdentifierField, StringComparison.OrdinalIgnoreCase))
                continue;
            content = content[IdentifierField.Length..].Trim();
            if (content.Length > 2)
                return content.Trim("<>").ToString();
            takesNext = content.IsEmpty;
        }

        return null;
    }

    private static string Cut(string text) => text.Length > MaxText ? text[..MaxText] : text;

    private static string Flatten(string text)
    {
        var flat = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                flat.Append(c is '\u2019' ? '\'' : c);
            else if (flat.Length > 0 && flat[^1] != ' ')
                flat.Append(' ');
        }

        return flat.ToString();
    }
}
