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

    internal static Reply Compose(ReplyText text)
    {
        var parts = new ReplyParts(text).Find();
        return new ReplyComposer(text, parts).Compose();
    }
}
