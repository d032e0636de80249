namespace EmailOps.Benchmarks.Proxies;

/// <summary>Reads one direction of one connection and says how far it may pass.</summary>
internal abstract class StreamWatch
{
    /// <param name="pending">What has come and not yet passed; starts where the last call left off.</param>
    /// <param name="moment">Reached when the returned bytes have passed, and before any more do.</param>
    /// <returns>How many bytes may pass now; 0 without a moment: not enough has come to tell.</returns>
    public abstract int Take(ReadOnlySpan<byte> pending, out Moment? moment);

    /// <summary>Nothing to look for.</summary>
    public static StreamWatch Blind() => new PassAll();

    private sealed class PassAll : StreamWatch
    {
        public override int Take(ReadOnlySpan<byte> pending, out Moment? moment)
        {
            moment = null;
            return pending.Length;
        }
    }
}

/// <summary>Both directions of one connection; they know of each other.</summary>
internal sealed record ConnectionWatch(StreamWatch FromClient, StreamWatch FromServer)
{
    public static ConnectionWatch Blind() => new(StreamWatch.Blind(), StreamWatch.Blind());
}
