using System.Text;

namespace EmailOps.Mail.Replies;

/// <summary>A text cut into lines once; all later steps name lines by index and never copy.</summary>
internal sealed class ReplyText
{
    private const int MaxInitials = 4;

    private readonly ReplyLine[] _lines;

    private ReplyText(string text, ReplyLine[] lines) => (Text, _lines) = (text, lines);

    public string Text { get; }

    public int Count => _lines.Length;

    public ReplyLine this[int index] => _lines[index];

    public ReadOnlySpan<char> Content(int index) => Text.AsSpan(_lines[index].Content, _lines[index].End - _lines[index].Content);

    public ReadOnlySpan<char> Raw(int index) => Text.AsSpan(_lines[index].Start, _lines[index].End - _lines[index].Start);

    public static ReplyText Of(string text)
    {
        List<ReplyLine> lines = [];
        for (var at = 0; at < text.Length;)
        {
            var length = text.AsSpan(at).IndexOfAny('\r', '\n');
            var end = length < 0 ? text.Length : at + length;
            lines.Add(Line(text, at, end, 0, LineMark.None));
            at = end < text.Length - 1 && text[end] == '\r' && text[end + 1] == '\n' ? end + 2 : end + 1;
        }

        return new ReplyText(text, WithInitials(text, [.. lines]));
    }

    /// <summary>Builds the same from lines whose depth comes from markup.</summary>
    public static ReplyText Of(IEnumerable<(string Text, int Depth, LineMark Mark)> source)
    {
        var text = new StringBuilder();
        List<(int Start, int End, int Depth, LineMark Mark)> spans = [];
        foreach (var (content, depth, mark) in source)
        {
            spans.Add((text.Length, text.Length + content.Length, depth, mark));
            text.Append(content).Append('\n');
        }

        var whole = text.ToString();
        return new ReplyText(whole, [.. spans.Select(s => Line(whole, s.Start, s.End, s.Depth, s.Mark))]);
    }

    /// <summary>The lines of a range as text, without blank lines around it.</summary>
    public string Slice(int from, int to, bool strip = false)
    {
        while (from < to && _lines[from].IsBlank && !(_lines[from].IsQuoted && !strip))
            from++;
        while (to > from && _lines[to - 1].IsBlank && !(_lines[to - 1].IsQuoted && !strip))
            to--;
        var text = new StringBuilder();
        for (var i = from; i < to; i++)
        {
            if (i > from)
                text.Append('\n');
            // Depth from markup has no marks in the text: write them, so that quote and answer stay apart.
            if (!strip && _lines[i].IsQuoted && Text.AsSpan(_lines[i].Start).TrimStart(" \t").StartsWith(">") is false && !HasInitials(i))
                text.Append("> ");
            text.Append(strip ? Content(i) : Raw(i));
        }

        return text.ToString();
    }

    private bool HasInitials(int i) => Text.AsSpan(_lines[i].Start, _lines[i].Content - _lines[i].Start).Contains('>');

    private static ReplyLine Line(string text, int start, int end, int depth, LineMark mark)
    {
        while (end > start && IsSpace(text[end - 1]))
            end--;
        var at = start;
        var marks = 0;
        for (var spaces = 0; at < end; at++)
        {
            // ">:" is the end of a folded "<jo@roe.example>:", not a quote mark.
            if (text[at] is '>' or '\uFF1E' && !(at + 1 < end && text[at + 1] == ':' && at + 2 == end))
            {
                marks++;
                spaces = 0;
            }
            else if (!IsSpace(text[at]) || (marks == 0 && ++spaces > 3 && text[at] != '>'))
            {
                break;
            }
        }

        // Four spaces and more before the first mark are code, not quoting.
        var content = marks > 0 ? at : start;
        while (content < end && IsSpace(text[content]))
            content++;
        return new ReplyLine(start, end, content, depth + marks, mark);
    }

    // Super-Cite and Usenet habit: "JR> quoted text". Counts as quoting when the same initials stand before at least two lines; a prompt such as "mysql> " does not.
    private static ReplyLine[] WithInitials(string text, ReplyLine[] lines)
    {
        Dictionary<string, int>? seen = null;
        var lookup = default(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>);
        foreach (var line in lines)
        {
            var length = InitialsLength(text, line);
            if (length == 0)
                continue;
            if (seen is null)
            {
                seen = new(StringComparer.Ordinal);
                lookup = seen.GetAlternateLookup<ReadOnlySpan<char>>();
            }

            var initials = text.AsSpan(line.Content, length);
            lookup[initials] = lookup.TryGetValue(initials, out var count) ? count + 1 : 1;
        }

        for (var i = 0; seen is not null && i < lines.Length; i++)
        {
            var length = InitialsLength(text, lines[i]);
            if (length > 0 && lookup[text.AsSpan(lines[i].Content, length)] > 1)
                lines[i] = Line(text, lines[i].Content + length, lines[i].End, 1, LineMark.None) with { Start = lines[i].Start };
        }

        return lines;
    }

    private static int InitialsLength(string text, ReplyLine line)
    {
        if (line.Depth > 0)
            return 0;
        var content = text.AsSpan(line.Content, line.End - line.Content);
        var mark = content[..Math.Min(content.Length, MaxInitials + 1)].IndexOf('>');
        if (mark <= 0 || !char.IsAsciiLetterUpper(content[0]) || content.StartsWith("SQL>") || (mark + 1 < content.Length && content[mark + 1] is not (' ' or '>')))
            return 0;
        foreach (var c in content[..mark])
        {
            if (!char.IsAsciiLetter(c))
                return 0;
        }

        return mark + 1;
    }

    // Zero-width and direction marks around lines carry no words.
    private static bool IsSpace(char c) =>
        char.IsWhiteSpace(c) || c is '\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\uFEFF' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
