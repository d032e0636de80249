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

    /// <summary>Has the processor fetch what <see cref="Entry"/> will ask for.</summary>
    public unsafe void Prefetch(uint hash)
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
        var frequency = new int[size];
        var least = new byte[size];
        var lastSeen = new int[size];
        var tokens = new TextTokens();
        var count = 0;
        foreach (var text in texts)
        {
            count++;
            tokens.Read(text);
            var sink = new FrequencySink(frequency, lastSeen, least, count, (byte)leastWords, (byte)leastCharacters, (byte)leastPairs, size - 1);
            FeatureHasher.Visit(tokens, 0, tokens.Tokens.Length, ref sink);
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
    }

    /// <summary>This vocabulary with the features of further texts behind those it has; every row keeps its number.</summary>
    /// <param name="documents">Texts it was built from.</param>
    public Vocabulary With(IEnumerable<string> texts, int documents, out int added)
    {
        var sink = new UnknownSink(this, []);
        var tokens = new TextTokens();
        foreach (var text in texts)
        {
            tokens.Read(text);
            FeatureHasher.Visit(tokens, 0, tokens.Tokens.Length, ref sink);
        }
        added = sink.Buckets.Count;
        if (added == 0)
            return this;
        var weight = Weight(Math.Max(1, documents), 1);
        return new Vocabulary(Bits, [.. Buckets, .. sink.Buckets.Order()], [.. InverseDocumentFrequency, .. Enumerable.Repeat(weight, added)]);
    }

    /// <summary>Inverse document frequency, as exact as it is kept.</summary>
    private static float Weight(int texts, int frequency) => Steps(MathF.Log((1f + texts) / (1f + frequency)) + 1f) * WeightStep;

    public static uint Steps(float weight) => (uint)Math.Clamp(MathF.Round(weight / WeightStep), 0, MostWeight);

    public static float OfSteps(uint steps) => steps * WeightStep;

    private readonly struct UnknownSink(Vocabulary vocabulary, HashSet<int> buckets) : IFeatureSink
    {
        public HashSet<int> Buckets => buckets;

        public void Word(uint hash, int token, int words) => Add(hash);

        public bool HadCharacters(int token) => false;

        public void Characters(uint hash, int token) => Add(hash);

        public void Pair(uint hash, int token) => Add(hash);

        private void Add(uint hash)
        {
            if (vocabulary.Row(hash) < 0)
                buckets.Add((int)hash & vocabulary._mask);
        }
    }

    private readonly struct FrequencySink(int[] frequency, int[] lastSeen, byte[] least, int text, byte leastWords, byte leastCharacters, byte leastPairs, int mask) : IFeatureSink
    {
        public void Word(uint hash, int token, int words) => Count((int)hash & mask, leastWords);

        public bool HadCharacters(int token) => false;

        public void Characters(uint hash, int token) => Count((int)hash & mask, leastCharacters);

        public void Pair(uint hash, int token) => Count((int)hash & mask, leastPairs);

        private void Count(int bucket, byte needed)
        {
            if (lastSeen[bucket] == text)
                return;
            lastSeen[bucket] = text;
            frequency[bucket]++;
            if (least[bucket] == 0 || least[bucket] > needed)
                least[bucket] = needed;
        }
    }
}
