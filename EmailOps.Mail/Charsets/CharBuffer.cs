using System.Buffers;
using System.Text;

namespace EmailOps.Mail;

/// <summary>A growing run of characters in pooled memory. Dispose gives the memory back.</summary>
internal ref struct CharBuffer
{
    private char[]? _rented;
    private Span<char> _chars;

    public CharBuffer(Span<char> initial) => _chars = initial;

    public CharBuffer(int capacity) => _chars = _rented = ArrayPool<char>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Written => _chars[..Length];

    public readonly char Last => Length == 0 ? '\0' : _chars[Length - 1];

    public void Append(char c)
    {
        if (Length == _chars.Length)
            Grow(1);
        _chars[Length++] = c;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        Length += text.Length;
    }

    public void AppendLatin1(scoped ReadOnlySpan<byte> bytes) =>
        Length += Encoding.Latin1.GetChars(bytes, Reserve(bytes.Length));

    public void AppendDecoded(scoped ReadOnlySpan<byte> bytes, Encoding encoding) =>
        Length += encoding.GetChars(bytes, Reserve(encoding.GetCharCount(bytes)));

    /// <summary>Line ends that were hidden in an encoding become spaces and NUL goes, so that a header value stays one line.</summary>
    public void CleanFrom(int start)
    {
        var written = start;
        for (var i = start; i < Length; i++)
        {
            var c = _chars[i];
            if (c != '\0')
                _chars[written++] = c is '\r' or '\n' ? ' ' : c;
        }
        Length = written;
    }

    public void TrimEnd()
    {
        while (Length > 0 && _chars[Length - 1] is ' ' or '\t')
            Length--;
    }

    public override readonly string ToString() => new(Written);

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        _rented = null;
        _chars = default;
        Length = 0;
    }

    private Span<char> Reserve(int count)
    {
        if (_chars.Length - Length < count)
            Grow(count);
        return _chars[Length..];
    }

    private void Grow(int extra)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(checked(Length + extra), _chars.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        _chars = _rented = larger;
    }
}
