namespace EmailOps.Core.Learning;

/// <summary>
/// The features of one text as rows of a vocabulary with values: 1 + ln(count), times inverse document frequency, words, character grams and
/// pairs each brought to the same length, the whole to length 1. Buffers are kept, reading again allocates nothing. Not thread-safe.
/// </summary>
internal sealed class FeatureVector
{
    /// <summary>So many hashes ahead the vocabulary is asked for: about the time memory takes.</summary>
    public const int Ahead = 24;

    /// <summary>All hashes first, looking them up afterwards: then the look-ups can be asked for ahead.</summary>
    private readonly HashedFeatures _features = new();
    private int[] _rows = new int[2048];
    private float[] _values = new float[2048];
    private ushort[] _counts = new ushort[2048];
    private int _count;
    /// <summary>Where a row stands in <see cref="_rows"/>, by the low bits of the row: the reading in which it was written above, the place below.</summary>
    private ulong[] _places = new ulong[4096];
    private uint _reading;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _count);
    /// <summary>Share of the words of the text that the vocabulary does not know, 0-1.</summary>
    public float UnknownWords { get; private set; }

    public void Read(Vocabulary vocabulary, TextTokens text, int first, int count)
    {
        _features.Read(text, first, count);
        Reserve(_features.Count);
        var words = _features.Words;
        var unknown = Add(vocabulary, words, []);
        UnknownWords = words.IsEmpty ? 1 : (float)unknown / words.Length;
        Add(vocabulary, _features.TwoWords, []);
        var ends = (Words: _count, Characters: 0);
        Add(vocabulary, _features.Characters, _features.Times);
        ends.Characters = _count;
        Add(vocabulary, _features.Pairs, []);
        for (var i = 0; i < _count; i++)
            if (_counts[i] > 1)
                _values[i] *= 1 + MathF.Log(_counts[i]);
        var blocks = (ends.Words > 0 ? 1 : 0) + (ends.Characters > ends.Words ? 1 : 0) + (_count > ends.Characters ? 1 : 0);
        Normalise(_values.AsSpan(0, ends.Words), blocks);
        Normalise(_values.AsSpan(ends.Words, ends.Characters - ends.Words), blocks);
        Normalise(_values.AsSpan(ends.Characters, _count - ends.Characters), blocks);
    }

    private void Reserve(int features)
    {
        (_count, _reading) = (0, _reading + 1);
        if (_rows.Length < features)
        {
            _rows = new int[features * 2];
            _values = new float[features * 2];
            _counts = new ushort[features * 2];
        }
        if (_reading != 0 && _places.Length >= features * 2)
            return;
        // Room for more, or after 2^32 readings: nothing may be mistaken for being of this one.
        _places = new ulong[Math.Max(_places.Length, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)features * 2))];
        _reading = 1;
    }

    /// <param name="times">How often each counts; empty: once.</param>
    /// <returns>How many the vocabulary does not know.</returns>
    private int Add(Vocabulary vocabulary, ReadOnlySpan<uint> hashes, ReadOnlySpan<int> times)
    {
        for (var i = 0; i < Math.Min(Ahead, hashes.Length); i++)
            vocabulary.Prefetch(hashes[i]);
        var (unknown, mask) = (0, _places.Length - 1);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (i + Ahead < hashes.Length)
                vocabulary.Prefetch(hashes[i + Ahead]);
            var entry = vocabulary.Entry(hashes[i]);
            if (entry == 0)
            {
                unknown++;
                continue;
            }
            var row = Vocabulary.RowOf(entry);
            var more = times.IsEmpty ? 1 : times[i];
            for (var at = row & mask; ; at = at + 1 & mask)
            {
                var place = _places[at];
                if ((uint)(place >> 32) != _reading)
                {
                    _places[at] = (ulong)_reading << 32 | (uint)_count;
                    (_rows[_count], _counts[_count], _values[_count]) = (row, (ushort)Math.Min(more, ushort.MaxValue), Vocabulary.WeightOf(entry));
                    _count++;
                    break;
                }
                if (_rows[(int)(uint)place] != row)
                    continue;
                ref var count = ref _counts[(int)(uint)place];
                count = (ushort)Math.Min(count + more, ushort.MaxValue);
                break;
            }
        }
        return unknown;
    }

    private static void Normalise(Span<float> values, int blocks)
    {
        var squares = System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(values);
        if (squares > 0)
            System.Numerics.Tensors.TensorPrimitives.Multiply(values, 1 / MathF.Sqrt(squares * blocks), values);
    }
}
