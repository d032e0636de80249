namespace EmailOps.Mail.Containers;

/// <summary>How far reading has come; read by another thread for a progress bar.</summary>
internal sealed class Progress
{
    private long _bytes;
    private int _ignored;

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Ignored => Volatile.Read(ref _ignored);

    public void SetBytes(long bytes) => Interlocked.Exchange(ref _bytes, bytes);

    public void Ignore() => Interlocked.Increment(ref _ignored);
}
