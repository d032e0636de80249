using System.Text;

namespace EmailOps.Core.Knowledge;

/// <summary>Plain text as Markdown: what the author wrote is shown as it is, and nothing in it is taken for markup by accident but list items.</summary>
internal static class TextArticle
{
    /// <summary>
    /// A line underlined with = or -, or a short line in capitals that stands alone, is a heading. Samples: <c>Returns\n=======</c>, <c>HOW TO PAY</c>.
    /// </summary>
    public static string ToMarkdown(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var markdown = new StringBuilder(text.Length + 64);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd();
            var next = i + 1 < lines.Length ? lines[i + 1].Trim() : "";
            if (line.Trim().Length > 0 && next.Length >= 3 && (next.All(c => c == '=') || next.All(c => c == '-')))
            {
                markdown.Append("\n## ").Append(Escaped(line.Trim())).Append("\n\n");
                i++;
            }
            else if (IsShout(line) && (i == 0 || string.IsNullOrWhiteSpace(lines[i - 1])) && next.Length == 0)
                markdown.Append("\n## ").Append(Escaped(line.Trim())).Append("\n\n");
            else if (line.TrimStart() is ['-' or '*' or '•', ' ', ..] item)
                markdown.Append("- ").Append(Escaped(item[2..].Trim())).Append('\n');
            else
                markdown.Append(Escaped(line.Trim())).Append('\n');
        }
        return markdown.ToString().Trim();
    }

    /// <summary>Text that Markdown shows as it stands.</summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var starts = i == 0 && (c is '#' or '>' or '+' or '-' or '=' or '~');
            if (starts || c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '|') escaped.Append('\\');
            escaped.Append(c);
            // "1. " begins a numbered list.
            if (char.IsAsciiDigit(c) && i < 9 && i + 1 < text.Length && text[i + 1] is '.' or ')' && text.AsSpan(0, i + 1).IndexOfAnyExceptInRange('0', '9') < 0)
            {
                escaped.Append('\\').Append(text[i + 1]);
                i++;
            }
        }
        return escaped.ToString();
    }

    private static bool IsShout(string line) => line.Trim() is { Length: >= 3 and <= 80 } text && text.Any(char.IsLetter) && text.All(c => !char.IsLower(c)) && text[^1] is not ('.' or ',' or ';');
}
