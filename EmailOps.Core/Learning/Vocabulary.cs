using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EmailOps.Core.Learning;

/// <summary>
/// Which hashed features a model knows. A bucket that was never seen in training has no row, so that a model is as large as its
/// training data and not as its bucket space, and the share of unknown features can be measured.
/// </summary>
internal sealed class Vocabulary
{
    public const int MostBits = RowBits;
    private const int RowBits = 20;
    /// <summary>Document frequencies are kept in steps of this, in 12 bits.</summary>
    private const float WeightStep = 1f / 256;
    private const int MostWeight = (1 << (32 - RowBits)) - 1;
    /// <summary>So many features ahead the memory of an entry is asked for: about the time it takes.</summary>
    private const int Ahead = 24;

    /// <summary>For each bucket its row and its weight in one number, so that a feature costs one look into memory: row + 1 below, weight above; 0: no row.</summary>
    private readonly uint[] _entries;
    private readonly int _mask;

    /// <param name="buckets">For each row its bucket.</param>
    /// <param name="bits">The bucket space is two to this power, at most <see cref="MostBits"/>.</param>
    /// <param name="weights">Inverse document frequencies; they are kept in steps of a 256th, and below 16.</param>
    public Vocabulary(int bits, int[] buckets, float[] weights)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MostBits);
        (Bits, Buckets, InverseDocumentFrequency) = (bits, buckets, weights);
        _mask = (1 << bits) - 1;
        _entries = new uint[1 << bits];
        // Two to the power of 20 rows would leave no number for "no row"; that many no text collection has.
        for (var row = 0; row < Math.Min(buckets.Length, (1 << RowBits) - 1); row++)
            _entries[buckets[row]] = Steps(weights[row]) << RowBits | (uint)(row + 1);
    }

    public int Bits { get; }
    public int[] Buckets { get; }
    public float[] InverseDocumentFrequency { get; }
    public int Count => Buckets.Length;

    /// <summary>The row of a feature, -1 when training never saw it.</summary>
    public int Row(uint hash) => RowOf(Entry(hash));

    /// <summary>Row and weight of a feature in one.</summary>
    public uint Entry(uint hash) => _entries[hash & _mask];

    public static int RowOf(uint entry) => (int)(entry & ((1 << RowBits) - 1)) - 1;

    /// <summary>Inverse document frequency.</summary>
    public static float WeightOf(uint entry) => OfSteps(entry >> RowBits);

    /// <summary>The entries of many features.</summary>
    public void Find(ReadOnlySpan<uint> hashes, Span<uint> entries)
    {
        var (table, mask) = (_entries, _mask);
        for (var i = 0; i < Math.Min(Ahead, hashes.Length); i++)
            Prefetch(hashes[i]);
        var bulk = Math.Max(0, hashes.Length - Ahead);
        for (var i = 0; i < bulk; i++)
        {
            Prefetch(hashes[i + Ahead]);
            entries[i] = table[hashes[i] & mask];
        }
        for (var i = bulk; i < hashes.Length; i++)
            entries[i] = table[hashes[i] & mask];
    }

    /// <summary>Has the processor fetch what will be looked up.</summary>
    private unsafe void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref _entries[hash & _mask]));
    }

    /// <summary>Counts in how many texts each bucket occurs and keeps those that occur often enough.</summary>
    /// <param name="leastCharacters">Character grams in fewer texts than this are noise.</param>
    /// <param name="leastPairs">The same for pairs.</param>
    public static Vocabulary Build(int bits, IEnumerable<string> texts, int leastWords, int leastCharacters, int leastPairs)
    {
        var size = 1 << bits;
        var (frequency, lastSeen, least) = (new int[size], new int[size], new byte[size]);
        var (tokens, features) = (new TextTokens(), new HashedFeatures());
        var count = 0;
        foreach (var text in texts)
        {
            count++;
            tokens.Read(text);
            features.Read(tokens);
            // Token by token: of two features that share a bucket the first of a text says how often it is needed.
            for (var i = 0; i < features.Words.Length; i++)
            {
                Count(features.Words.Slice(i, 1), leastWords);
                if (i > 0)
                    Count(features.TwoWords.Slice(i - 1, 1), leastWords);
                Count(features.Pairs[features.PairsOf(i)], leastPairs);
                Count(features.Characters[features.CharactersOf(i)], leastCharacters);
            }
        }
        List<int> buckets = [];
        List<float> weights = [];
        for (var bucket = 0; bucket < size; bucket++)
        {
            if (frequency[bucket] == 0 || frequency[bucket] < least[bucket])
                continue;
            buckets.Add(bucket);
            weights.Add(Weight(count, frequency[bucket]));
        }
        return new Vocabulary(bits, [.. buckets], [.. weights]);

        void Count(ReadOnlySpan<uint> hashes, int needed)
        {
            foreach (var hash in hashes)
            {
                var bucket = hash & (size - 1);
                if (lastSeen[bucket] == count)
                    continue;
                lastSeen[bucket] = count;
                frequency[bucket]++;
                if (least[bucket] == 0 || least[bucket] > needed)
                    least[bucket] = (byte)needed;
            }
        }
    }

    /// <summary>This vocabulary with the features of further texts behind those it has; every row keeps its number.</summary>
    /// <param name="documents">Texts it was built from.</param>
    public Vocabulary With(IEnumerable<string> texts, int documents, out int added)
    {
        var (tokens, features) = (new TextTokens(), new HashedFeatures());
        var unknown = new HashSet<int>();
        foreach (var text in texts)
        {
            tokens.Read(text);
            features.Read(tokens);
            Add(features.Words);
            Add(features.TwoWords);
            Add(features.Characters);
            Add(features.Pairs);
        }
        added = unknown.Count;
        if (added == 0)
            return this;
        var weight = Weight(Math.Max(1, documents), 1);
        return new Vocabulary(Bits, [.. Buckets, .. unknown.Order()], [.. InverseDocumentFrequency, .. Enumerable.Repeat(weight, added)]);

        void Add(ReadOnlySpan<uint> hashes)
        {
            foreach (var hash in hashes)
                if (Row(hash) < 0)
                    unknown.Add((int)hash & _mask);
        }
    }

    /// <summary>Inverse document frequency, as exact as it is kept.</summary>
    private static float Weight(int texts, int frequency) => Steps(MathF.Log((1f + texts) / (1f + frequency)) + 1f) * WeightStep;

    public static uint Steps(float weight) => (uint)Math.Clamp(MathF.Round(weight / WeightStep), 0, MostWeight);

    public static float OfSteps(uint steps) => steps * WeightStep;
}
