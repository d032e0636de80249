using System.Buffers;

namespace EmailOps.Mail.Imap;

/// <summary>The bytes of a message as they came: all, or the head of one that is over the limit.</summary>
internal sealed class ImapContent(byte[] bytes, int length, long announced, bool isPooled)
{
    private byte[]? _bytes = bytes;

    /// <summary>Bytes that the server sent; more than are kept where the message was cut.</summary>
    public long Announced => announced;

    public int Length => length;

    public ReadOnlyMemory<byte> Memory => (_bytes ?? throw new ObjectDisposedException(nameof(ImapMessage))).AsMemory(0, length);

    /// <summary>The array itself where it is exactly the content, else a copy.</summary>
    public byte[] ToArray() => _bytes is { } whole && !isPooled && whole.Length == length ? whole : Memory.ToArray();

    public void Release()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } rented && isPooled)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
