using System.Net;

namespace EmailOps.Core.Knowledge;

/// <summary>What an HTML file says.</summary>
/// <param name="Language">Of the html element; null when it has none.</param>
internal sealed record HtmlContents(string? Title, string? Language, string Markdown);

/// <summary>
/// HTML as Markdown: headings, paragraphs, lists, table rows and https links are kept, everything else is dropped, so that nothing a page can do survives. One pass, no tree:
/// linear in the input and without recursion whatever the input is.
/// </summary>
internal static class HtmlArticle
{
    /// <summary>Their content is no text, or not shown.</summary>
    private static readonly HashSet<string> s_dropped = new(["script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "head", "select", "textarea", "canvas", "audio", "video"], StringComparer.Ordinal);
    private static readonly HashSet<string> s_blocks = new(["p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "ul", "ol", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "blockquote", "pre", "figure", "figcaption", "form", "fieldset", "address", "details", "summary", "hr", "body", "html"], StringComparer.Ordinal);
    private static readonly HashSet<string> s_void = new(["br", "hr", "img", "input", "meta", "link", "wbr", "source", "area", "col", "base"], StringComparer.Ordinal);

    public static HtmlContents Read(string html)
    {
        var (title, language, at) = ((string?)null, (string?)null, 0);
        var writer = new HtmlMarkdown();
        string? hidden = null;
        var depth = 0;
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0) open = html.Length;
            if (open > at && hidden is null) writer.Text(WebUtility.HtmlDecode(html[at..open]));
            if (open == html.Length) break;
            if (string.CompareOrdinal(html, open, "<!--", 0, 4) == 0)
            {
                at = html.IndexOf("-->", open + 4, StringComparison.Ordinal) is var end and >= 0 ? end + 3 : html.Length;
                continue;
            }
            if (Tag(html, open) is not { } tag)
            {
                if (hidden is null) writer.Text("<");
                at = open + 1;
                continue;
            }
            at = tag.End;
            if (tag.Name == "html" && !tag.IsEnd) language ??= Attribute(tag.Attributes, "lang")?.Split('-', '_')[0].ToLowerInvariant();
            if (tag.Name == "title" && !tag.IsEnd)
            {
                var end = html.IndexOf("</title", at, StringComparison.OrdinalIgnoreCase);
                if (hidden is null or "head") title ??= string.Join(' ', WebUtility.HtmlDecode(html[at..(end < 0 ? html.Length : end)]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                at = end < 0 ? html.Length : end;
                continue;
            }
            if (hidden is not null)
            {
                if (tag.Name == hidden && !tag.IsSelfClosed) depth += tag.IsEnd ? -1 : 1;
                if (depth == 0) hidden = null;
            }
            else if (!tag.IsEnd && !tag.IsSelfClosed && !s_void.Contains(tag.Name) && (s_dropped.Contains(tag.Name) || IsHidden(tag.Attributes)))
            {
                if (tag.Name is "script" or "style" && html.IndexOf("</" + tag.Name, at, StringComparison.OrdinalIgnoreCase) is var raw) at = raw < 0 ? html.Length : raw;
                (hidden, depth) = (tag.Name, 1);
            }
            else
                Write(writer, tag);
        }
        return new HtmlContents(string.IsNullOrWhiteSpace(title) ? null : title, language is { } l && ArticleRules.IsLanguage(l) ? l : null, writer.ToString());
    }

    private static void Write(HtmlMarkdown writer, in HtmlMark tag)
    {
        switch (tag.Name)
        {
            case ['h', >= '1' and <= '6']:
                writer.Heading(tag.IsEnd ? 0 : tag.Name[1] - '0');
                break;
            case "li" or "tr":
                if (!tag.IsEnd) writer.Item();
                else writer.Block();
                break;
            case "td" or "th":
                if (!tag.IsEnd) writer.Cell();
                break;
            case "br":
                writer.Break();
                break;
            case "a":
                writer.Link(tag.IsEnd ? null : Attribute(tag.Attributes, "href") ?? "");
                break;
            default:
                if (s_blocks.Contains(tag.Name)) writer.Block();
                break;
        }
    }

    private readonly record struct HtmlMark(string Name, string Attributes, bool IsEnd, bool IsSelfClosed, int End);

    /// <returns>Null when no tag begins here.</returns>
    private static HtmlMark? Tag(string html, int open)
    {
        var at = open + 1;
        var isEnd = at < html.Length && html[at] == '/';
        if (isEnd) at++;
        var isNamed = at < html.Length && (char.IsAsciiLetter(html[at]) || (!isEnd && html[at] is '!' or '?'));
        if (!isNamed) return null;
        // Past quoted values, so that a ">" in one does not end the tag.
        var (start, quote, end) = (at, '\0', at);
        for (; end < html.Length && (quote != '\0' || html[end] != '>'); end++)
            if (quote == '\0' && html[end] is '"' or '\'' && html[end - 1] is '=' or ' ') quote = html[end];
            else if (html[end] == quote) quote = '\0';
        if (quote != '\0') end = html.IndexOf('>', at) is var plain and >= 0 ? plain : html.Length;
        var name = start;
        while (name < end && !char.IsWhiteSpace(html[name]) && html[name] != '/') name++;
        return new HtmlMark(html[start..name].ToLowerInvariant(), html[name..end], isEnd, end > start && html[end - 1] == '/', Math.Min(html.Length, end + 1));
    }

    private static bool IsHidden(string attributes)
    {
        if (attributes.Length < 6) return false;
        if (attributes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Any(a => a.Equals("hidden", StringComparison.OrdinalIgnoreCase) || a.StartsWith("hidden=", StringComparison.OrdinalIgnoreCase))) return true;
        var style = Attribute(attributes, "style")?.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() ?? "";
        return style.Contains("display:none", StringComparison.Ordinal) || style.Contains("visibility:hidden", StringComparison.Ordinal) || style.Contains("font-size:0", StringComparison.Ordinal) || style.Contains("opacity:0;", StringComparison.Ordinal);
    }

    private static string? Attribute(string attributes, string name)
    {
        for (var at = 0; (at = attributes.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at += name.Length)
        {
            var equals = at + name.Length;
            if ((at > 0 && !char.IsWhiteSpace(attributes[at - 1])) || equals >= attributes.Length || attributes[equals] != '=') continue;
            var value = attributes.AsSpan(equals + 1).TrimStart();
            if (value.IsEmpty) return "";
            var end = value[0] is '"' or '\'' ? value[1..].IndexOf(value[0]) : value.IndexOfAny(' ', '\t', '\n');
            return WebUtility.HtmlDecode((value[0] is '"' or '\'' ? value[1..(end < 0 ? value.Length : end + 1)] : end < 0 ? value : value[..end]).ToString());
        }
        return null;
    }
}
