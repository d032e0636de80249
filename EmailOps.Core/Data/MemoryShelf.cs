namespace EmailOps.Core.Data;

/// <summary>Cached bytes of one process: so many at most, the ones kept first go first, none longer than its time.</summary>
internal sealed class MemoryShelf(int most, TimeProvider clock)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly Queue<Kept> _order = new();
    private long _generation;

    private sealed record Kept(string Key, byte[] Value, long At, TimeSpan Time);

    public byte[]? Find(long generation, byte[] hash)
    {
        lock (_turn)
        {
            Enter(generation);
            return _kept.TryGetValue(Key(hash), out var kept) && clock.GetElapsedTime(kept.At) < kept.Time ? kept.Value : null;
        }
    }

    public void Keep(long generation, byte[] hash, byte[] value, TimeSpan time)
    {
        lock (_turn)
        {
            Enter(generation);
            var kept = new Kept(Key(hash), value, clock.GetTimestamp(), time);
            _kept[kept.Key] = kept;
            _order.Enqueue(kept);
            // One that was kept anew or forgotten stands in the row still and is passed over; the row itself is bounded too.
            while (_kept.Count > most || _order.Count > 2 * most)
                if (_order.Dequeue() is var first && _kept.GetValueOrDefault(first.Key) == first) _kept.Remove(first.Key);
        }
    }

    public void Forget(long generation, byte[] hash)
    {
        lock (_turn)
        {
            Enter(generation);
            _kept.Remove(Key(hash));
        }
    }

    public int Clear()
    {
        lock (_turn)
        {
            var count = _kept.Count;
            _kept.Clear();
            _order.Clear();
            return count;
        }
    }

    // Cleared by another process: what is here is of an older generation.
    private void Enter(long generation)
    {
        if (generation != _generation) Clear();
        _generation = generation;
    }

    private static string Key(byte[] hash) => Convert.ToHexString(hash);
}
