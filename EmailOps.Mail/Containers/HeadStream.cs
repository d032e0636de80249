namespace EmailOps.Mail.Containers;

/// <summary>A stream whose first bytes were already looked at: gives them again, then the rest. Counts what went through.</summary>
internal sealed class HeadStream : ForwardStream
{
    private readonly byte[] _head;
    private int _given;

    public HeadStream(Stream stream)
        : base(stream)
    {
        var head = new byte[FileHead.Length];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        _head = head[..got];
    }

    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Bytes given out so far.</summary>
    public long Given { get; private set; }

    public override long Position { get => Given; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int got;
        if (_given < _head.Length)
        {
            got = Math.Min(buffer.Length, _head.Length - _given);
            _head.AsSpan(_given, got).CopyTo(buffer);
            _given += got;
        }
        else
        {
            got = Inner.Read(buffer);
        }

        Given += got;
        return got;
    }
}
