using System.Buffers;

namespace EmailOps.Mail;

/// <summary>A growing run of bytes in pooled memory. Dispose gives the memory back.</summary>
internal ref struct ByteBuffer
{
    private byte[]? _rented;
    private Span<byte> _bytes;

    public ByteBuffer(Span<byte> initial) => _bytes = initial;

    public ByteBuffer(int capacity) => _bytes = _rented = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly Span<byte> Written => _bytes[..Length];

    public void Append(byte b)
    {
        if (Length == _bytes.Length)
            Grow(1);
        _bytes[Length++] = b;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Room for at least <paramref name="count"/> bytes after what is written; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Grow(count);
        return _bytes[Length..];
    }

    public void Advance(int count) => Length += count;

    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _bytes = default;
        Length = 0;
    }

    private void Grow(int extra)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + extra), _bytes.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _bytes = _rented = larger;
    }
}
