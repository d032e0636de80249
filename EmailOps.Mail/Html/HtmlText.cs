namespace EmailOps.Mail;

/// <summary>
/// HTML mail as text: one pass over the characters, no document tree, linear time and bounded depth whatever the input. Script, style, head and comments
/// are dropped, blocks become lines.
/// </summary>
public static class HtmlText
{
    /// <summary>What a reader sees. Lines end in line feeds; no line feed at the end.</summary>
    public static string ToVisibleText(string html) => Read(html).Text;

    /// <summary>The same line by line, with quote depth and client markers.</summary>
    public static IReadOnlyList<HtmlLine> ToLines(string html) => Read(html).Lines;

    /// <summary>Everything at once: lines, and the text that is in the mail but no reader sees.</summary>
    public static HtmlContent Read(string html)
    {
        var reader = new HtmlReader(html);
        return reader.Read();
    }
}
