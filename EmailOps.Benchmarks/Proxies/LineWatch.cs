namespace EmailOps.Benchmarks.Proxies;

/// <summary>One direction of a protocol of lines, with stretches of bytes between them.</summary>
internal abstract class LineWatch : StreamWatch
{
    private bool _asked;
    private long _bytes, _half;
    private Moment? _atHalf;

    public sealed override int Take(ReadOnlySpan<byte> pending, out Moment? moment)
    {
        moment = null;
        if (_bytes > 0) return Bytes(pending, out moment);
        if (IsRaw) return Raw(pending, out moment);
        var end = pending.IndexOf((byte)'\n') + 1;
        if (end == 0) return 0;
        var line = pending[..end];
        if (!_asked && Before(line) is { } before)
        {
            _asked = true;
            moment = before;
            return 0;
        }
        _asked = false;
        moment = Passing(line);
        return end;
    }

    /// <summary>A moment before this line passes.</summary>
    protected virtual Moment? Before(ReadOnlySpan<byte> line) => null;

    /// <summary>The line passes now. Answers a moment right after it.</summary>
    protected abstract Moment? Passing(ReadOnlySpan<byte> line);

    /// <summary>The next so many bytes are no lines; the moment is in their middle.</summary>
    protected void Expect(long bytes, Moment? atHalf)
    {
        (_bytes, _half) = (bytes, bytes - bytes / 2);
        _atHalf = bytes > 1 ? atHalf : null;
    }

    /// <summary>What comes is not read as lines but by <see cref="Raw"/>.</summary>
    protected virtual bool IsRaw => false;

    protected virtual int Raw(ReadOnlySpan<byte> pending, out Moment? moment)
    {
        moment = null;
        return pending.Length;
    }

    private int Bytes(ReadOnlySpan<byte> pending, out Moment? moment)
    {
        moment = null;
        var count = (int)Math.Min(_bytes, pending.Length);
        if (_atHalf is not null && _bytes - count <= _half)
        {
            count = (int)(_bytes - _half);
            (moment, _atHalf) = (_atHalf, null);
        }
        _bytes -= count;
        return count;
    }
}
