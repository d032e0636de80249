namespace EmailOps.Core.Learning;

/// <summary>Rows of numbers by a hash, side by side in one block of memory, so that finding and adding up many takes no detours. Immutable, thread-safe.</summary>
internal sealed class HashedRows
{
    /// <summary>Rows are added up in whole vectors (<see cref="RowMath"/>).</summary>
    private const int Lanes = 16;

    private readonly int _mask;
    /// <summary>Keys with the number of their row, from 1; 0 for a free place. Side by side, so that one line of the cache has both.</summary>
    private readonly (uint Key, int Row)[] _places;
    private readonly float[] _values;

    /// <param name="rows">All of one length.</param>
    public HashedRows(IReadOnlyDictionary<uint, float[]> rows, int length)
    {
        Width = WidthOf(length);
        // At most a quarter full: a look for what is not there ends at once, mostly.
        var places = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, rows.Count * 4));
        (_mask, _places, _values) = (places - 1, new (uint, int)[places], new float[(rows.Count + 1) * Width]);
        var count = 0;
        foreach (var (key, row) in rows)
        {
            var at = First(key);
            while (_places[at].Row > 0)
                at = at + 1 & _mask;
            _places[at] = (key, ++count);
            row.CopyTo(_values.AsSpan(count * Width));
        }
    }

    /// <summary>Numbers a row, rounded up to whole vectors; those behind the last are zero.</summary>
    public int Width { get; }

    public static int WidthOf(int length) => (length + Lanes - 1) / Lanes * Lanes;

    /// <returns>Empty when there is none.</returns>
    public ReadOnlySpan<float> Find(uint key)
    {
        for (var at = First(key); _places[at].Row > 0; at = at + 1 & _mask)
            if (_places[at].Key == key)
                return _values.AsSpan(_places[at].Row * Width, Width);
        return [];
    }

    private int First(uint key) => (int)(Hash32.Mix(key) & (uint)_mask);
}
