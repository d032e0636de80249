using System.Runtime.CompilerServices;

namespace EmailOps.Mail.Net;

/// <summary>
/// Lines and counted runs of bytes from a stream, over one buffer. One reader at a time. Lines are looked for only in bytes that are new, so a
/// line that comes byte by byte costs no more than one that comes whole.
/// </summary>
internal sealed class WireReader(ConnectionLimits limits, TimeProvider time) : IDisposable
{
    private readonly PatienceTimer _patience = new(time);
    
    // Not pooled: a connection may be cut while somebody still looks at its last line.
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(limits.ReadBuffer, 16));
    private int _start;
    private int _end;
    private long _deadline;
    private bool _isDeadline;

    public Stream Stream { get; set; } = Stream.Null;

    /// <summary>Bytes taken from the stream so far.</summary>
    public long Total { get; private set; }

    public int Buffered => _end - _start;

    /// <summary>Forgets what was read ahead.</summary>
    public int Discard()
    {
        var count = Buffered;
        _start = _end = 0;
        return count;
    }

    /// <summary>A line without its end (CR LF, or LF alone). Valid until the next read.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(TimeSpan silence, CancellationToken cancel)
    {
        var length = _buffer.AsSpan(_start, Buffered).IndexOf((byte)'\n');
        return length >= 0 ? new ValueTask<ReadOnlyMemory<byte>>(Take(length)) : ReadLineSlowAsync(silence, cancel);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> ReadLineSlowAsync(TimeSpan silence, CancellationToken cancel)
    {
        _deadline = Buffered == 0 ? long.MaxValue : DeadlineIn(limits.Line);
        while (true)
        {
            var seen = Buffered;
            if (seen > limits.MaxLine)
                throw new MailConnectionException(ConnectionFailure.Protocol, $"The server sent a line longer than {limits.MaxLine} bytes.");
            await FillAsync(silence, cancel);
            var found = _buffer.AsSpan(_start + seen, Buffered - seen).IndexOf((byte)'\n');
            if (found >= 0)
                return Take(seen + found);
            if (_deadline == long.MaxValue)
                _deadline = DeadlineIn(limits.Line);
        }
    }

    /// <summary>Exactly as many bytes as there is room for.</summary>
    public ValueTask ReadAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        if (bytes.Length > Buffered)
            return ReadSlowAsync(bytes, cancel);
        _buffer.AsSpan(_start, bytes.Length).CopyTo(bytes.Span);
        _start += bytes.Length;
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadSlowAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        _deadline = RunDeadline(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Buffered == 0 && bytes.Length >= _buffer.Length)
            {
                // Large runs skip the buffer.
                var count = await ReceiveAsync(bytes, limits.Read, cancel);
                bytes = bytes[count..];
                continue;
            }
            if (Buffered == 0)
                await FillAsync(limits.Read, cancel);
            var piece = Math.Min(bytes.Length, Buffered);
            _buffer.AsSpan(_start, piece).CopyTo(bytes.Span);
            _start += piece;
            bytes = bytes[piece..];
        }
    }

    /// <summary>Hands <paramref name="count"/> bytes to a sink piece by piece, as they come. A piece is valid during the call only.</summary>
    public async ValueTask ReadPiecesAsync(long count, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? sink, CancellationToken cancel)
    {
        _deadline = RunDeadline(count);
        while (count > 0)
        {
            if (Buffered == 0)
                await FillAsync(limits.Read, cancel);
            var piece = (int)Math.Min(count, Buffered);
            if (sink is not null)
                await sink(_buffer.AsMemory(_start, piece), cancel);
            _start += piece;
            count -= piece;
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        var line = _buffer.AsMemory(_start, length > 0 && _buffer[_start + length - 1] == '\r' ? length - 1 : length);
        _start += length + 1;
        return line;
    }

    /// <summary>More bytes behind those that wait; room is made by moving them to the front, or by a larger buffer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync(TimeSpan silence, CancellationToken cancel)
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, Buffered).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            _buffer = larger;
        }
        var count = await ReceiveAsync(_buffer.AsMemory(_end), silence, cancel);
        _end += count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> bytes, TimeSpan silence, CancellationToken cancel)
    {
        int count;
        try
        {
            cancel.ThrowIfCancellationRequested();
            var reading = Stream.ReadAsync(bytes, _patience.Token);
            if (reading.IsCompletedSuccessfully)
                count = reading.Result;
            else
            {
                var wait = Shorter(silence);
                _isDeadline = wait != silence;
                using var registration = _patience.Start(wait, cancel);
                count = await reading;
                _patience.Stop();
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new MailConnectionException(ConnectionFailure.Timeout, _isDeadline
                ? "The server sends too slowly."
                : $"The server said nothing for {silence.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new MailConnectionException(ConnectionFailure.Closed, $"The connection broke: {failure.Message}", failure);
        }
        if (count == 0)
            throw new MailConnectionException(ConnectionFailure.Closed, "The server closed the connection.");
        Total += count;
        return count;
    }

    private TimeSpan Shorter(TimeSpan silence)
    {
        if (_deadline == long.MaxValue)
            return silence;
        var left = time.GetElapsedTime(time.GetTimestamp(), _deadline);
        return silence == Timeout.InfiniteTimeSpan || left < silence ? TimeSpan.FromTicks(Math.Max(left.Ticks, 1)) : silence;
    }

    private long RunDeadline(long count) => DeadlineIn(limits.Line + TimeSpan.FromSeconds((double)count / Math.Max(limits.SlowestRate, 1)));

    private long DeadlineIn(TimeSpan span) => time.GetTimestamp() + (long)(Math.Min(span.TotalSeconds, 1e9) * time.TimestampFrequency);

    public void Dispose() => _patience.Dispose();
}
