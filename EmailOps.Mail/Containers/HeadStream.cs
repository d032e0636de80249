namespace EmailOps.Mail.Containers;

/// <summary>A stream whose first bytes were already looked at: gives them again, then the rest. Counts what went through.</summary>
internal sealed class HeadStream : Stream
{
    private readonly Stream _rest;
    private readonly byte[] _head;
    private int _given;

    public HeadStream(Stream stream)
    {
        _rest = stream;
        var head = new byte[FileHead.Length];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        _head = head[..got];
    }

    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Bytes given out so far.</summary>
    public long Given { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Given; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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
            got = _rest.Read(buffer);
        }

        Given += got;
        return got;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rest.Dispose();
        base.Dispose(disposing);
    }
}
