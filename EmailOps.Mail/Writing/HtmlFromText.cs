using System.Buffers;
using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>
/// A small HTML form of a plain text, for <see cref="OutgoingMail.Html"/>: paragraphs at blank lines, line ends kept, lines that begin with ">" as quotes, web
/// addresses as links. Everything else is escaped.
/// </summary>
public static class HtmlFromText
{
    private const int DeepestQuote = 20;

    private static readonly SearchValues<string> Schemes = SearchValues.Create(["https://", "http://"], StringComparison.OrdinalIgnoreCase);

    private const string Quote = "<blockquote style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">\n";

    /// <summary>A whole page.</summary>
    public static string Convert(string text)
    {
        var page = new StringBuilder(text.Length * 5 / 4).Append("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
        var (depth, isOpen) = (0, false);
        foreach (var line in BodyText.Lines(text).Split("\r\n").SkipLast(1))
        {
            var (level, words) = Level(line);
            if (isOpen && (level != depth || words.Length == 0))
            {
                page.Append("</p>\n");
                isOpen = false;
            }
            for (; depth < level; depth++)
                page.Append(Quote);
            for (; depth > level; depth--)
                page.Append("</blockquote>\n");
            if (words.Length == 0)
                continue;
            page.Append(isOpen ? "<br>\n" : "<p>");
            isOpen = true;
            WriteWords(page, words);
        }
        page.Append(isOpen ? "</p>\n" : "");
        for (; depth > 0; depth--)
            page.Append("</blockquote>\n");
        return page.Append("</body></html>\n").ToString();
    }

    private static (int Level, string Words) Level(string line)
    {
        var (level, at) = (0, 0);
        for (; at < line.Length && line[at] == '>' && level < DeepestQuote; level++)
            at += at + 1 < line.Length && line[at + 1] == ' ' ? 2 : 1;
        return (level, line[at..].TrimEnd());
    }

    private static void WriteWords(StringBuilder page, string words)
    {
        var at = 0;
        while (at < words.Length)
        {
            var start = NextLink(words, at);
            WriteText(page, words[at..start]);
            var end = LinkEnd(words, start);
            if (end > start)
            {
                var link = Escape(words[start..end]);
                page.Append("<a href=\"").Append(link).Append("\">").Append(link).Append("</a>");
            }
            at = end;
        }
    }

    // Spaces that HTML would make one of.
    private static void WriteText(StringBuilder page, string text) =>
        page.Append(Escape(text).Replace("\t", "    ", StringComparison.Ordinal).Replace("  ", " &nbsp;", StringComparison.Ordinal));

    // Only what HTML reads as syntax; other characters stay as they are, the page is UTF-8.
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private static int NextLink(string words, int from)
    {
        var found = words.AsSpan(from).IndexOfAny(Schemes);
        return found < 0 ? words.Length : from + found;
    }

    private static int LinkEnd(string words, int start)
    {
        var end = start;
        while (end < words.Length && !char.IsWhiteSpace(words[end]) && words[end] is not ('<' or '>' or '"'))
            end++;
        // What ends the sentence is not the link's; a closing bracket is where the link opened one.
        var link = words.AsSpan(start, end - start);
        for (var spare = link.Count(')') - link.Count('('); end > start; end--)
        {
            if (words[end - 1] is not ('.' or ',' or ';' or ':' or '!' or '?' or '\'') && (words[end - 1] != ')' || spare-- <= 0))
                break;
        }
        return end;
    }
}
