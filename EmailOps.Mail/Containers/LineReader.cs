namespace EmailOps.Mail.Containers;

/// <summary>
/// Cuts a stream into lines without ever holding more than its buffer: a line longer than that comes in pieces, of which only the first
/// has <see cref="IsLineStart"/>. Spans are valid until the next call.
/// </summary>
internal sealed class LineReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _begin, _end, _lineLength;
    private long _bufferStart;
    private bool _ended;

    /// <summary>Offset in the stream of the current line or piece.</summary>
    public long Start => _bufferStart + _begin;

    /// <summary>Offset behind the current line.</summary>
    public long Position => Start + _lineLength;

    /// <summary>False for the second and later pieces of an over-long line.</summary>
    public bool IsLineStart { get; private set; } = true;

    /// <summary>The line with its line end.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_begin, _lineLength);

    /// <summary>The line without its line end.</summary>
    public ReadOnlySpan<byte> Line => Bytes.TrimEnd("\r\n"u8);

    public bool IsBlank => Line.IsEmpty;

    public bool Next()
    {
        IsLineStart = _lineLength == 0 || _buffer[_begin + _lineLength - 1] == '\n';
        _begin += _lineLength;
        _lineLength = 0;
        var end = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
        if (end < 0)
        {
            Fill();
            end = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
        }

        _lineLength = end < 0 ? _end - _begin : end + 1;
        return _lineLength > 0;
    }

    /// <summary>The line after the current one, without its end, as far as the buffer can show it; empty at the end of the stream.</summary>
    public ReadOnlySpan<byte> PeekLine()
    {
        if (_end - _begin - _lineLength < 1024 && !_ended)
            Fill();
        var rest = _buffer.AsSpan(_begin + _lineLength, _end - _begin - _lineLength);
        var end = rest.IndexOf((byte)'\n');
        return (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
    }

    public void SkipByteOrderMark()
    {
        if (!Bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return;
        _begin += 3;
        _lineLength -= 3;
    }

    private void Fill()
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            _bufferStart += _begin;
            _end -= _begin;
            _begin = 0;
        }

        while (!_ended && _end < _buffer.Length)
        {
            var got = stream.Read(_buffer, _end, _buffer.Length - _end);
            _ended = got == 0;
            _end += got;
        }
    }
}
