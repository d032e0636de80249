using System.Buffers;

namespace EmailOps.Mail.Net;

/// <summary>Gathers what is written until it is flushed. One writer at a time, beside one reader.</summary>
internal sealed class WireWriter(ConnectionLimits limits, TimeProvider time) : IDisposable
{
    private readonly PatienceTimer _patience = new(time);
    private readonly ArrayBufferWriter<byte> _waiting = new(4096);

    public Stream Stream { get; set; } = Stream.Null;

    /// <summary>Bytes handed to the stream so far.</summary>
    public long Total { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes) => _waiting.Write(bytes);

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (_waiting.WrittenCount > 0)
            await SendAsync(_waiting.WrittenMemory, cancel);
        _waiting.ResetWrittenCount();
    }

    /// <summary>Sends at once, without gathering, in pieces that each have their time.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        const int piece = 256 * 1024;
        for (; bytes.Length > 0; bytes = bytes[Math.Min(piece, bytes.Length)..])
            await SendPieceAsync(bytes[..Math.Min(piece, bytes.Length)], cancel);
    }

    private async ValueTask SendPieceAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            cancel.ThrowIfCancellationRequested();
            var token = _patience.Token;
            using var registration = _patience.Start(limits.Write, cancel);
            await Stream.WriteAsync(bytes, token);
            await Stream.FlushAsync(token);
            _patience.Stop();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new MailConnectionException(ConnectionFailure.Timeout, $"The server took nothing for {limits.Write.TotalSeconds:0.#} s.");
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new MailConnectionException(ConnectionFailure.Closed, $"The connection broke: {failure.Message}", failure);
        }
        Total += bytes.Length;
    }

    public void Dispose() => _patience.Dispose();
}
