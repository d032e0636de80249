using System.Text;

namespace EmailOps.Mail;

/// <summary>Collects text into lines: collapses white space, counts empty lines, remembers where each line stood.</summary>
internal sealed class HtmlLineWriter
{
    private const int MaxBlankLines = 2;
    private static readonly IReadOnlyList<string> NoMarkers = [];

    private readonly List<HtmlLine> _lines = [];
    private readonly StringBuilder _line = new();
    private bool _hasText;
    private bool _space;
    private bool _paragraph;
    private bool _rule;
    private int _blank;
    private int _depth;
    private string _prefix = "";
    private IReadOnlyList<string> _markers = NoMarkers;

    public IReadOnlyList<HtmlLine> Lines => _lines;

    /// <summary>Where the next character stands.</summary>
    public int Depth { get; set; }

    public IReadOnlyList<string> Markers { get; set; } = NoMarkers;

    public void Write(ReadOnlySpan<char> text, bool preformatted)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '\n' when preformatted:
                    Break();
                    break;
                case '\t' when preformatted:
                    Put("    ");
                    break;
                case '\r' when preformatted:
                    break;
                case ' ' when preformatted:
                case '\u00a0':
                    Put(" ");
                    break;
                case ' ' or '\t' or '\n' or '\r' or '\f':
                    _space = true;
                    break;
                // Padding that nobody sees: zero width space, soft hyphen, byte order mark, combining grapheme joiner, word joiner; and NUL.
                case '\u200b' or '\u00ad' or '\ufeff' or '\u034f' or '\u2060' or '\0':
                    break;
                default:
                    PutChar(c);
                    break;
            }
        }
    }

    /// <summary>A cell starts: its text is apart from that of the cell before.</summary>
    public void Separate() => _space = true;

    /// <summary>The bullet or number of a list item, shown when text follows.</summary>
    public void Prefix(string prefix) => _prefix = prefix;

    public void Rule()
    {
        EndLine();
        _rule = true;
    }

    /// <summary>A block starts or ends: what follows is on another line.</summary>
    public void EndLine()
    {
        if (_hasText)
            Flush();
        else
            _line.Clear();
        _space = false;
    }

    public void EndParagraph()
    {
        EndLine();
        _paragraph = _lines.Count > 0;
    }

    /// <summary>A line break: an empty line when nothing stands before it.</summary>
    public void Break()
    {
        if (_hasText)
            Flush();
        else if (_lines.Count > 0)
            _blank++;
        _line.Clear();
        _space = false;
    }

    private void PutChar(char c)
    {
        if (!_hasText)
            StartLine();
        if (_space && _line.Length > 0 && _line[^1] != ' ')
            _line.Append(' ');
        _space = false;
        _line.Append(c);
    }

    private void Put(string spaces)
    {
        if (_hasText || _line.Length < 200)
            _line.Append(spaces);
        _space = false;
    }

    private void StartLine()
    {
        _hasText = true;
        (_depth, _markers) = (Depth, Markers);
        var blanks = Math.Min(MaxBlankLines, Math.Max(_blank, _paragraph ? 1 : 0));
        for (; blanks > 0 && _lines.Count > 0; blanks--)
        {
            var inner = Math.Min(_depth, _lines[^1].QuoteDepth);
            _lines.Add(new HtmlLine("", inner, inner == _depth ? _markers : _lines[^1].Markers, false));
        }
        (_blank, _paragraph) = (0, false);
        if (_prefix.Length > 0)
            _line.Insert(0, _prefix);
        _prefix = "";
        _space &= _line.Length > 0;
    }

    private void Flush()
    {
        var end = _line.Length;
        while (end > 0 && _line[end - 1] == ' ')
            end--;
        _lines.Add(new HtmlLine(_line.ToString(0, end), _depth, _markers, _rule));
        _line.Clear();
        (_hasText, _rule, _space) = (false, false, false);
    }
}
