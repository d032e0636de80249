namespace EmailOps.Mail;

/// <summary>
/// Reads address lists (RFC 5322 sections 3.4 and 4.4; groups are flattened) as they are found: semicolons between addresses, quotes and comments
/// that never close, names with bare commas, addresses inside encoded words. One pass over the value.
/// </summary>
internal ref struct AddressParser : IDisposable
{
    private readonly ReadOnlySpan<byte> _value;
    private readonly List<Address> _into;
    private readonly int _max;
    private readonly string? _hint;
    private ByteBuffer _phrase;
    private ByteBuffer _addr;
    private ByteBuffer _comment;
    private int _at;
    private bool _angle;
    private bool _noQuote;
    private bool _noParenthesis;

    private AddressParser(ReadOnlySpan<byte> unfolded, List<Address> into, int max, string? hint, Span<byte> scratch)
    {
        _value = unfolded;
        _into = into;
        _max = max;
        _hint = hint;
        _phrase = new ByteBuffer(scratch[..128]);
        _addr = new ByteBuffer(scratch[128..256]);
        _comment = new ByteBuffer(scratch[256..]);
    }

    /// <summary>Adds the addresses of one field value. Returns false when <paramref name="max"/> was reached and the rest left out.</summary>
    public static bool Parse(ReadOnlySpan<byte> raw, List<Address> into, int max, string? hint = null)
    {
        var unfolded = new ByteBuffer(stackalloc byte[512]);
        try
        {
            HeaderText.Unfold(raw, ref unfolded);
            var parser = new AddressParser(unfolded.Written, into, max, hint, stackalloc byte[384]);
            try
            {
                return parser.ReadList();
            }
            finally
            {
                parser.Dispose();
            }
        }
        finally
        {
            unfolded.Dispose();
        }
    }

    public void Dispose()
    {
        _phrase.Dispose();
        _addr.Dispose();
        _comment.Dispose();
    }

    private bool ReadList()
    {
        while (_at < _value.Length)
        {
            var c = _value[_at++];
            switch (c)
            {
                case (byte)',' or (byte)';':
                    if (c == ',' && JoinsNextName())
                        _phrase.Append(", "u8);
                    else
                        Finish();
                    if (_into.Count >= _max)
                        return _at >= _value.Length;
                    break;
                case (byte)':' when !_angle && _phrase.Written.IndexOf((byte)'@') < 0:
                    // The name of a group: its members follow, up to ';'.
                    _phrase.Clear();
                    break;
                case (byte)'"':
                    ReadQuoted();
                    break;
                case (byte)'(':
                    ReadComment();
                    break;
                case (byte)'<':
                    ReadAngle();
                    break;
                case (byte)'>':
                    break;
                case (byte)' ' or (byte)'\t':
                    if (_phrase.Length > 0 && _phrase.Written[^1] != ' ')
                        _phrase.Append((byte)' ');
                    break;
                // A Windows name, "DOMAIN\joe", keeps it: nobody needs to escape a letter.
                case (byte)'\\' when _at < _value.Length && !char.IsAsciiLetterOrDigit((char)_value[_at]):
                    _phrase.Append(_value[_at++]);
                    break;
                default:
                    _phrase.Append(c);
                    break;
            }
        }
        Finish();
        return true;
    }

    /// <summary>A bare comma inside a display name: no address so far, and the next item is a name with an address in angle brackets.</summary>
    private readonly bool JoinsNextName()
    {
        if (_angle || _phrase.Length == 0 || _phrase.Written.IndexOf((byte)'@') >= 0)
            return false;
        var rest = _value[_at..Math.Min(_value.Length, _at + 200)];
        var stop = rest.IndexOfAny((byte)',', (byte)'<', (byte)';');
        return stop > 0 && rest[stop] == '<' && rest[..stop].IndexOf((byte)'@') < 0 && !rest[..stop].Trim((byte)' ').IsEmpty;
    }

    private void ReadQuoted()
    {
        var end = _noQuote ? -1 : FindUnescaped(_value, _at, (byte)'"');
        if (end < 0)
        {
            _noQuote = true;
            return;
        }
        var content = _value[_at..end];
        _at = end + 1;
        // "John Smith"@example.org: the quotes belong to the address.
        var isLocalPart = _at < _value.Length && _value[_at] == '@';
        if (isLocalPart)
            _phrase.Append((byte)'"');
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '\\' && i + 1 < content.Length)
            {
                if (isLocalPart)
                    _phrase.Append((byte)'\\');
                i++;
            }
            _phrase.Append(content[i]);
        }
        if (isLocalPart)
            _phrase.Append((byte)'"');
    }

    private void ReadComment()
    {
        var depth = 1;
        var at = _at;
        for (; !_noParenthesis && at < _value.Length && depth > 0; at++)
        {
            var c = _value[at];
            if (c == '\\')
                at++;
            else if (c == '(')
                depth++;
            else if (c == ')')
                depth--;
        }
        if (depth > 0)
        {
            _noParenthesis = true;
            return;
        }
        _comment.Clear();
        _comment.Append(_value[_at..(at - 1)]);
        _at = at;
    }

    private void ReadAngle()
    {
        var from = _at;
        var isRoute = from < _value.Length && _value[from] == '@';
        var content = _value[from..];
        for (var at = from; ;)
        {
            var stop = _value[at..].IndexOfAny("<>,;"u8);
            if (stop < 0)
            {
                content = _value[from..];
                _at = _value.Length;
                break;
            }
            stop += at;
            var c = _value[stop];
            // A list separator after an address: the closing bracket was forgotten. (Routes hold commas, names in brackets may.)
            if (c == '>' || (c is (byte)',' or (byte)';' && !isRoute && _value[at..stop].IndexOf((byte)'@') >= 0))
            {
                content = _value[from..stop];
                _at = stop;
                break;
            }
            at = stop + 1;
            if (c == '<')
            {
                // "<<a@example.org>>", or "a < b <a@example.org>": the innermost bracket holds the address.
                _phrase.Append(_value[from..stop].Trim((byte)' '));
                from = at;
            }
        }
        while (_at < _value.Length && _value[_at] == '>')
            _at++;
        if (_angle && content.IndexOf((byte)'@') < 0)
            return;
        if (_angle && _addr.Length > 0 && _addr.Written.IndexOf((byte)'@') < 0)
            _phrase.Append(_addr.Written);
        _addr.Clear();
        _addr.Append(content);
        _angle = true;
    }

    private void Finish()
    {
        var phrase = _phrase.Written.Trim((byte)' ');
        if (_angle)
        {
            if (!phrase.IsEmpty || _addr.Length > 0 || _comment.Length > 0)
                _into.Add(AddressText.Make(phrase.IsEmpty ? _comment.Written : phrase, _addr.Written, _hint));
        }
        else if (!phrase.IsEmpty)
        {
            AddressText.MakeBare(phrase, _comment.Written, _into, _max, _hint);
        }
        _phrase.Clear();
        _addr.Clear();
        _comment.Clear();
        _angle = false;
    }

    private static int FindUnescaped(ReadOnlySpan<byte> value, int from, byte wanted)
    {
        for (var i = from; i < value.Length; i++)
        {
            if (value[i] == '\\')
                i++;
            else if (value[i] == wanted)
                return i;
        }
        return -1;
    }
}
