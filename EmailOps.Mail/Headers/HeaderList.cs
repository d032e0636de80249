using System.Collections;

namespace EmailOps.Mail;

/// <summary>The header fields of a message or part, in the order in which they stand.</summary>
public sealed class HeaderList : IReadOnlyList<Header>
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly HeaderField[] _fields;

    /// <summary>The charset that unlabelled bytes of these fields are likely in: that of the message's text (RFC 5322 allows none).</summary>
    internal string? CharsetHint { get; set; }

    internal HeaderList(ReadOnlyMemory<byte> raw, HeaderField[] fields) => (_raw, _fields) = (raw, fields);

    public int Count => _fields.Length;

    public Header this[int index] => new(_raw, _fields[index], CharsetHint);

    /// <summary>The decoded value of the first field with this name (case does not matter), or null when there is none.</summary>
    public string? this[string name] => Find(name) is { } field ? HeaderText.Decode(field.Value(_raw.Span), CharsetHint) : null;

    /// <summary>The decoded values of every field with this name, in order.</summary>
    public IReadOnlyList<string> All(string name)
    {
        List<string>? values = null;
        var raw = _raw.Span;
        foreach (var field in _fields)
        {
            if (HeaderNames.Same(field.Name(raw), name))
                (values ??= []).Add(HeaderText.Decode(field.Value(raw), CharsetHint));
        }
        return values ?? (IReadOnlyList<string>)[];
    }

    public bool Contains(string name) => Find(name) is not null;

    public IEnumerator<Header> GetEnumerator()
    {
        foreach (var field in _fields)
            yield return new Header(_raw, field, CharsetHint);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ReadOnlySpan<HeaderField> Fields => _fields;

    internal ReadOnlySpan<byte> RawBytes(HeaderField field) => field.Value(_raw.Span);

    internal HeaderField? Find(string name)
    {
        var raw = _raw.Span;
        foreach (var field in _fields)
        {
            if (HeaderNames.Same(field.Name(raw), name))
                return field;
        }
        return null;
    }
}
