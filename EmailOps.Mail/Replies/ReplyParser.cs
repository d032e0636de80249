namespace EmailOps.Mail.Replies;

/// <summary>
/// Tells the sender's new words from quoted mail, signature and forwarded mail, in the languages of the tables of this room. Takes time linear in the
/// text. Keeps what it is not sure about: nothing of the text is lost, it only stands in one part of the <see cref="Reply"/> or another.
/// </summary>
public static class ReplyParser
{
    /// <summary>Text beyond this many characters is not looked at and stays out of all parts; guards memory.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>Parses a plain text body. Line ends may be LF, CRLF or CR; format=flowed must be undone before.</summary>
    public static Reply Parse(string text) => Compose(ReplyText.Of(text.Length > MaxLength ? text[..MaxLength] : text));

    /// <summary>Parses an HTML body: quoting elements count as quote marks, and the marks that mail clients leave for themselves as evidence.</summary>
    public static Reply ParseHtml(string html) => ParseLines(HtmlText.ToLines(html.Length > MaxLength ? html[..MaxLength] : html));

    /// <summary>Parses a message by its text body, or by its HTML body when there is no text.</summary>
    public static Reply Parse(MailMessage message) => message switch
    {
        { TextBody: { } text } when !string.IsNullOrWhiteSpace(text) => Parse(text),
        // The message has read its HTML already, or keeps what is read here.
        { HtmlBody.Length: <= MaxLength, HtmlContent: { } content } => ParseLines(content.Lines),
        { HtmlBody: { } html } => ParseHtml(html),
        _ => Parse(message.VisibleText),
    };

    private static Reply ParseLines(IReadOnlyList<HtmlLine> lines) => Compose(ReplyText.Of(HtmlLines.Of(lines)));

    internal static Reply Compose(ReplyText text)
    {
        var parts = new ReplyParts(text).Find();
        return new ReplyComposer(text, parts).Compose();
    }
}
