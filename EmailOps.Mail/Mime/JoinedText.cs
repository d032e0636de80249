using System.Text;

namespace EmailOps.Mail;

/// <summary>Texts one after the other, up to a limit. The usual single text is kept as it is, without a copy.</summary>
internal struct JoinedText(string separator, int limit)
{
    private string? _only;
    private StringBuilder? _many;

    public readonly bool IsFull => (_many?.Length ?? _only?.Length ?? 0) >= limit;

    /// <summary>False when the text had to be cut.</summary>
    public bool Add(string text)
    {
        if (string.IsNullOrEmpty(_only) && _many is null)
        {
            _only = text.Length > limit ? text[..limit] : text;
            return text.Length <= limit;
        }
        if (text.Length == 0)
            return true;
        _many ??= new StringBuilder(_only);
        _many.Append(separator);
        var room = Math.Clamp(limit - _many.Length, 0, text.Length);
        _many.Append(text.AsSpan(0, room));
        return room == text.Length;
    }

    /// <summary>Null when nothing was added.</summary>
    public override readonly string? ToString() => _many?.ToString() ?? _only;
}
