using System.Buffers;

namespace EmailOps.Mail;

internal enum HtmlTokenKind
{
    End,
    Text,
    StartTag,
    EndTag,
    Comment,
}

/// <summary>
/// Cuts HTML into tokens (WHATWG HTML, section 13.2.5, without what mail never needs). Every character is looked at a bounded number of times: what was
/// searched for once and not found is not searched for again.
/// </summary>
internal ref struct HtmlTokenizer
{
    private static readonly SearchValues<char> TagStops = SearchValues.Create(">\"'");
    private static readonly SearchValues<char> NameStops = SearchValues.Create(" \t\r\n\f/>");

    private readonly ReadOnlySpan<char> _html;
    private int _at;
    private bool _noCommentEnd;
    private bool _noTagEnd;
    private bool _noDoubleQuote;
    private bool _noSingleQuote;

    public HtmlTokenizer(ReadOnlySpan<char> html) => _html = html;

    /// <summary>The text, or what stands inside the comment.</summary>
    public ReadOnlySpan<char> Text { get; private set; }

    /// <summary>The name of a tag, as written.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>The attributes of a start tag, as written.</summary>
    public ReadOnlySpan<char> Attributes { get; private set; }

    public HtmlTokenKind Next()
    {
        if (_at >= _html.Length)
            return HtmlTokenKind.End;
        if (_html[_at] == '<' && _at + 1 < _html.Length && !_noTagEnd)
        {
            var c = _html[_at + 1];
            if (char.IsAsciiLetter(c) && ReadTag(_at + 1))
                return HtmlTokenKind.StartTag;
            if (c == '/' && _at + 2 < _html.Length && char.IsAsciiLetter(_html[_at + 2]) && ReadTag(_at + 2))
                return HtmlTokenKind.EndTag;
            if (c is '!' or '?' && ReadComment())
                return HtmlTokenKind.Comment;
        }
        var rest = _html[_at..];
        var end = _noTagEnd ? -1 : rest[1..].IndexOf('<');
        Text = end < 0 ? rest : rest[..(end + 1)];
        _at += Text.Length;
        return HtmlTokenKind.Text;
    }

    /// <summary>Skips the content of an element whose text is not markup, up to its end tag, which is consumed; to the end when there is none.</summary>
    public void SkipRawText(ReadOnlySpan<char> name)
    {
        while (_at < _html.Length)
        {
            var found = _html[_at..].IndexOf("</");
            if (found < 0)
                break;
            _at += found + 2;
            var rest = _html[_at..];
            if (!rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) || (rest.Length > name.Length && char.IsAsciiLetterOrDigit(rest[name.Length])))
                continue;
            var close = rest.IndexOf('>');
            _at = close < 0 ? _html.Length : _at + close + 1;
            return;
        }
        _at = _html.Length;
    }

    private bool ReadTag(int nameStart)
    {
        var rest = _html[nameStart..];
        var nameLength = rest.IndexOfAny(NameStops);
        if (nameLength < 0)
        {
            _noTagEnd = true;
            return false;
        }
        var at = nameStart + nameLength;
        while (true)
        {
            var stop = _html[at..].IndexOfAny(TagStops);
            if (stop < 0)
            {
                // Cut in the middle of a tag, or a "<" that is none: it is shown as it stands.
                _noTagEnd = _html[_at..].IndexOf('>') < 0;
                return false;
            }
            at += stop;
            if (_html[at] == '>')
                break;
            at = SkipQuoted(at, nameStart + nameLength);
        }
        Name = rest[..nameLength];
        Attributes = _html[(nameStart + nameLength)..at];
        _at = at + 1;
        return true;
    }

    /// <summary>Past the quoted value that starts here, or past the quote when it starts none.</summary>
    private int SkipQuoted(int at, int from)
    {
        var before = at - 1;
        while (before >= from && before > at - 16 && char.IsWhiteSpace(_html[before]))
            before--;
        var quote = _html[at];
        if (before < from || _html[before] != '=' || (quote == '"' ? _noDoubleQuote : _noSingleQuote))
            return at + 1;
        var end = _html[(at + 1)..].IndexOf(quote);
        if (end >= 0)
            return at + end + 2;
        if (quote == '"')
            _noDoubleQuote = true;
        else
            _noSingleQuote = true;
        return at + 1;
    }

    private bool ReadComment()
    {
        var rest = _html[_at..];
        if (rest.StartsWith("<!--") && !_noCommentEnd)
        {
            if (rest.StartsWith("<!-->") || rest.StartsWith("<!--->"))
            {
                Text = [];
                _at += rest[4] == '>' ? 5 : 6;
                return true;
            }
            var end = rest[4..].IndexOf("-->");
            if (end >= 0)
            {
                Text = rest.Slice(4, end);
                _at += end + 7;
                return true;
            }
            _noCommentEnd = true;
        }
        var close = rest.IndexOf('>');
        if (close < 0)
        {
            _noTagEnd = true;
            return false;
        }
        Text = [];
        _at += close + 1;
        return true;
    }
}
