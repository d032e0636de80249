using System.Buffers;

namespace EmailOps.Mail;

/// <summary>Walks the attributes of a start tag: name, name=value, name="value". First of a name wins for the reader that asks.</summary>
internal ref struct HtmlAttributes
{
    // A tag with more is an attack, not a layout.
    private const int MaxAttributes = 60;

    private static readonly SearchValues<char> NameStops = SearchValues.Create(" \t\r\n\f/=");

    private ReadOnlySpan<char> _rest;
    private int _read;

    public HtmlAttributes(ReadOnlySpan<char> attributes) => _rest = attributes;

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>As written, entities not decoded.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    public bool MoveNext()
    {
        _rest = _rest.TrimStart(" \t\r\n\f/");
        if (_rest.IsEmpty || _read++ >= MaxAttributes)
            return false;
        var end = _rest[1..].IndexOfAny(NameStops) + 1;
        if (end == 0)
            end = _rest.Length;
        Name = _rest[..end];
        Value = [];
        var after = _rest[end..].TrimStart(" \t\r\n\f");
        if (after.IsEmpty || after[0] != '=')
        {
            _rest = _rest[end..];
            return true;
        }
        after = after[1..].TrimStart(" \t\r\n\f");
        if (!after.IsEmpty && after[0] is '"' or '\'' && after[1..].IndexOf(after[0]) is >= 0 and var close)
        {
            Value = after.Slice(1, close);
            _rest = after[(close + 2)..];
            return true;
        }
        var stop = after.IndexOfAny(" \t\r\n\f");
        Value = stop < 0 ? after : after[..stop];
        _rest = after[Value.Length..];
        return true;
    }
}
