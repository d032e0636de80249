using System.Buffers.Text;
using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>
/// Reads the words of an answer (RFC 9051, section 9) over its bytes. Never throws: what is not there reads as empty, NIL or nothing, and every step
/// either moves on or says that it is at the end. Counted strings lie beside the text and are found by their place in it.
/// </summary>
internal ref struct ImapCursor(ReadOnlySpan<byte> text, List<ImapLiteral> literals, int at)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at = Math.Min(at, text.Length);

    public readonly int Position => _at;

    public readonly bool AtEnd => _at >= _text.Length;

    public readonly byte Peek => _at < _text.Length ? _text[_at] : (byte)0;

    public readonly ReadOnlySpan<byte> Rest => _text[_at..];

    public void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t')
            _at++;
    }

    public bool Take(char c)
    {
        SkipSpaces();
        if (Peek != c || AtEnd)
            return false;
        _at++;
        return true;
    }

    /// <summary>Up to a space, a bracket of a list, or a quote; empty where one of these stands.</summary>
    public ReadOnlySpan<byte> Atom()
    {
        SkipSpaces();
        var length = _text[_at..].IndexOfAny(" ()\"\t"u8);
        var atom = length < 0 ? _text[_at..] : _text.Slice(_at, length);
        _at += atom.Length;
        return atom;
    }

    /// <summary>The name of a FETCH item with its section: <c>BODY[HEADER.FIELDS (DATE)]&lt;0&gt;</c>, <c>UID</c>.</summary>
    public ReadOnlySpan<byte> ItemName()
    {
        SkipSpaces();
        var start = _at;
        while (_at < _text.Length && _text[_at] is not ((byte)' ' or (byte)'(' or (byte)')' or (byte)'"' or (byte)'{' or (byte)'\t'))
        {
            if (_text[_at++] != '[')
                continue;
            var close = _text[_at..].IndexOf((byte)']');
            if (close < 0)
                break;
            _at += close + 1;
        }
        return _text[start.._at];
    }

    public bool Number(out ulong number)
    {
        SkipSpaces();
        if (Utf8Parser.TryParse(_text[_at..], out number, out var length))
        {
            _at += length;
            return true;
        }
        return false;
    }

    /// <summary>A string in any of its forms: counted, quoted, NIL (false), or, against the grammar, bare.</summary>
    public bool Bytes(out ReadOnlySpan<byte> value)
    {
        SkipSpaces();
        value = default;
        if (AtEnd)
            return false;
        if (Peek == '"')
        {
            value = Quoted();
            return true;
        }
        if (Peek is (byte)'{' or (byte)'~' && Literal() is { } literal)
        {
            value = literal.Bytes.Span;
            return true;
        }
        if (Peek is (byte)'(' or (byte)')')
            return false;
        var atom = Atom();
        if (Ascii.EqualsIgnoreCase(atom, "NIL"u8))
            return false;
        value = atom;
        return atom.Length > 0;
    }

    public string? String() => Bytes(out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>The counted string at this place, if one was read for it.</summary>
    public ImapLiteral? Literal()
    {
        SkipSpaces();
        var close = _text[_at..].IndexOf((byte)'}');
        if (Peek is not ((byte)'{' or (byte)'~') || close < 0)
            return null;
        foreach (var literal in literals)
        {
            if (literal.End != _at + close + 1)
                continue;
            _at = literal.End;
            return literal;
        }
        return null;
    }

    /// <summary>Passes over one value, lists with all they hold.</summary>
    public void SkipValue()
    {
        var depth = 0;
        do
        {
            SkipSpaces();
            if (AtEnd)
                return;
            if (Take('('))
                depth++;
            else if (Peek == ')')
            {
                // Closes what this value did not open: it belongs to the caller.
                if (depth == 0)
                    return;
                _at++;
                depth--;
            }
            else if (Peek == '"')
                Quoted();
            else if (Literal() is null && Atom().Length == 0)
                _at++;
        }
        while (depth > 0);
    }

    private ReadOnlySpan<byte> Quoted()
    {
        var start = ++_at;
        var escaped = false;
        while (_at < _text.Length && _text[_at] != '"')
        {
            if (_text[_at] == '\\')
            {
                escaped = true;
                _at++;
            }
            _at++;
        }
        _at = Math.Min(_at, _text.Length);
        var value = _text[start.._at];
        if (!AtEnd)
            _at++;
        return escaped ? Unescaped(value) : value;
    }

    private static byte[] Unescaped(ReadOnlySpan<byte> value)
    {
        var plain = new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
                i++;
            plain[length++] = value[i];
        }
        return plain[..length];
    }
}
