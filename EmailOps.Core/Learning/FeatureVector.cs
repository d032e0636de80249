using System.Numerics.Tensors;

namespace EmailOps.Core.Learning;

/// <summary>
/// The features of one text as rows of a vocabulary with values: 1 + ln(count), times inverse document frequency, words, character grams and
/// pairs each brought to the same length, the whole to length 1. Buffers are kept, reading again allocates nothing. Not thread-safe.
/// </summary>
internal sealed class FeatureVector
{
    /// <summary>1 + ln(count) of small counts.</summary>
    private static readonly float[] s_damped = [.. Enumerable.Range(0, 256).Select(c => c < 2 ? 1 : 1 + MathF.Log(c))];

    private readonly HashedFeatures _features = new();
    /// <summary>What the vocabulary says of each feature, in the order words, two words, characters, pairs.</summary>
    private uint[] _entries = new uint[2048];
    private int[] _rows = new int[2048];
    private float[] _values = new float[2048];
    /// <summary>How often each row of the vocabulary occurs, by row + 1; all zero between two readings.</summary>
    private ushort[] _counts = [];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _count);
    /// <summary>Share of the words of the text that the vocabulary does not know, 0-1.</summary>
    public float UnknownWords { get; private set; }

    /// <summary>Tokens read last.</summary>
    public int Tokens => _features.Words.Length;
    public ReadOnlySpan<uint> Words => _entries.AsSpan(0, _features.Words.Length);
    public ReadOnlySpan<uint> TwoWords => _entries.AsSpan(_features.Words.Length, _features.TwoWords.Length);
    /// <summary>See <see cref="HashedFeatures.FirstOf"/>.</summary>
    public int FirstOf(int token) => _features.FirstOf(token);
    /// <summary>Of the characters of a token, by its place among those read.</summary>
    public ReadOnlySpan<uint> CharactersOf(int token) => Characters[_features.CharactersOf(token)];
    /// <summary>Of the pairs that end at a token.</summary>
    public ReadOnlySpan<uint> PairsOf(int token) => Pairs[_features.PairsOf(token)];

    private ReadOnlySpan<uint> Characters => _entries.AsSpan(_features.Words.Length + _features.TwoWords.Length, _features.Characters.Length);
    private ReadOnlySpan<uint> Pairs => _entries.AsSpan(_features.Count - _features.Pairs.Length, _features.Pairs.Length);

    public void Read(Vocabulary vocabulary, TextTokens text, int first, int count)
    {
        _features.Read(text, first, count);
        Reserve(_features.Count, vocabulary.Count + 1);
        var entries = _entries.AsSpan(0, _features.Count);
        var at = 0;
        Find(vocabulary, _features.Words, entries, ref at);
        Find(vocabulary, _features.TwoWords, entries, ref at);
        Find(vocabulary, _features.Characters, entries, ref at);
        Find(vocabulary, _features.Pairs, entries, ref at);
        UnknownWords = Words.IsEmpty ? 1 : (float)Words.Count(0u) / Words.Length;

        // All counts first, then each row where it occurs first: no row has to be searched for among those found.
        var counts = _counts.AsSpan(0, vocabulary.Count + 1);
        Count(counts, entries[..(Words.Length + TwoWords.Length)]);
        Count(counts, Characters, _features.Times);
        Count(counts, Pairs);
        counts[0] = 0;
        _count = 0;
        Take(counts, entries[..(Words.Length + TwoWords.Length)]);
        var words = _count;
        Take(counts, Characters);
        var characters = _count - words;
        Take(counts, Pairs);
        var pairs = _count - words - characters;
        var blocks = Math.Sign(words) + Math.Sign(characters) + Math.Sign(pairs);
        Normalise(_values.AsSpan(0, words), blocks);
        Normalise(_values.AsSpan(words, characters), blocks);
        Normalise(_values.AsSpan(words + characters, pairs), blocks);
    }

    private void Reserve(int features, int rows)
    {
        if (_entries.Length < features)
            (_entries, _rows, _values) = (new uint[features * 2], new int[features * 2], new float[features * 2]);
        if (_counts.Length < rows)
            _counts = new ushort[rows];
    }

    private static void Find(Vocabulary vocabulary, ReadOnlySpan<uint> hashes, Span<uint> entries, ref int at)
    {
        vocabulary.Find(hashes, entries.Slice(at, hashes.Length));
        at += hashes.Length;
    }

    private static void Count(Span<ushort> counts, ReadOnlySpan<uint> entries)
    {
        foreach (var entry in entries)
            Add(ref counts[Vocabulary.RowOf(entry) + 1], 1);
    }

    private static void Count(Span<ushort> counts, ReadOnlySpan<uint> entries, ReadOnlySpan<int> times)
    {
        for (var i = 0; i < entries.Length; i++)
            Add(ref counts[Vocabulary.RowOf(entries[i]) + 1], times[i]);
    }

    private static void Add(ref ushort count, int times) => count = (ushort)Math.Min(count + times, ushort.MaxValue);

    /// <summary>The rows that were not taken before, and their counts back to zero.</summary>
    private void Take(Span<ushort> counts, ReadOnlySpan<uint> entries)
    {
        var taken = _count;
        var rows = _rows.AsSpan(0, taken + entries.Length);
        var values = _values.AsSpan(0, taken + entries.Length);
        foreach (var entry in entries)
        {
            var row = Vocabulary.RowOf(entry);
            ref var count = ref counts[row + 1];
            // Written in any case and kept only if it counts: whether a feature came before is as good as random, and a wrong guess of the processor costs more than the rest.
            rows[taken] = row;
            values[taken] = Vocabulary.WeightOf(entry) * Damped(count);
            taken += (int)((uint)-count >> 31);
            count = 0;
        }
        _count = taken;
    }

    private static float Damped(int count) => count < s_damped.Length ? s_damped[count] : 1 + MathF.Log(count);

    private static void Normalise(Span<float> values, int blocks)
    {
        var squares = TensorPrimitives.SumOfSquares<float>(values);
        if (squares > 0)
            TensorPrimitives.Multiply(values, 1 / MathF.Sqrt(squares * blocks), values);
    }
}
