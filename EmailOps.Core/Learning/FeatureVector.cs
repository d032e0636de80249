namespace EmailOps.Core.Learning;

/// <summary>
/// The features of one text as rows of a vocabulary with values: 1 + ln(count), times inverse document frequency, words, character grams and
/// pairs each brought to the same length, the whole to length 1. Buffers are kept, reading again allocates nothing. Not thread-safe.
/// </summary>
internal sealed class FeatureVector
{
    private enum Block : byte { Words, Characters, Pairs }

    private ushort[] _counts = [];
    private int[] _rows = new int[1024];
    private float[] _values = new float[1024];
    private Block[] _blocks = new Block[1024];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);
    public ReadOnlySpan<float> Values => _values.AsSpan(0, _count);
    /// <summary>Share of the words of the text that the vocabulary does not know, 0-1.</summary>
    public float UnknownWords { get; private set; }

    public void Read(Vocabulary vocabulary, TextTokens text, int first, int count)
    {
        if (_counts.Length < vocabulary.Count)
            _counts = new ushort[vocabulary.Count];
        _count = 0;
        var sink = new CountSink(this, vocabulary);
        FeatureHasher.Visit(text, first, count, ref sink);
        UnknownWords = sink.Words == 0 ? 1 : (float)sink.Unknown / sink.Words;
        Span<float> lengths = stackalloc float[3];
        for (var i = 0; i < _count; i++)
        {
            var row = _rows[i];
            var value = (_counts[row] == 1 ? 1f : 1f + MathF.Log(_counts[row])) * vocabulary.InverseDocumentFrequency[row];
            _counts[row] = 0;
            _values[i] = value;
            lengths[(int)_blocks[i]] += value * value;
        }
        var present = 0;
        foreach (var length in lengths)
            present += length > 0 ? 1 : 0;
        foreach (ref var length in lengths)
            length = length > 0 ? 1 / MathF.Sqrt(length * present) : 0;
        for (var i = 0; i < _count; i++)
            _values[i] *= lengths[(int)_blocks[i]];
    }

    private void Add(int row, Block block)
    {
        if (_counts[row] == 0)
        {
            if (_count == _rows.Length)
            {
                Array.Resize(ref _rows, _count * 2);
                Array.Resize(ref _values, _count * 2);
                Array.Resize(ref _blocks, _count * 2);
            }
            _rows[_count] = row;
            _blocks[_count++] = block;
        }
        if (_counts[row] < ushort.MaxValue)
            _counts[row]++;
    }

    private struct CountSink(FeatureVector vector, Vocabulary vocabulary) : IFeatureSink
    {
        public int Words;
        public int Unknown;

        public void Word(uint hash, int token, int words)
        {
            var row = vocabulary.Row(hash);
            if (words == 1)
            {
                Words++;
                if (row < 0)
                    Unknown++;
            }
            if (row >= 0)
                vector.Add(row, Block.Words);
        }

        public readonly void Characters(uint hash, int token)
        {
            var row = vocabulary.Row(hash);
            if (row >= 0)
                vector.Add(row, Block.Characters);
        }

        public readonly void Pair(uint hash, int token)
        {
            var row = vocabulary.Row(hash);
            if (row >= 0)
                vector.Add(row, Block.Pairs);
        }
    }
}
