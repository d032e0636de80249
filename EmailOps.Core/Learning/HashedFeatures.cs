namespace EmailOps.Core.Learning;

/// <summary>
/// The hashed features of one text, kept so that they can be looked up in bulk. The characters of a word that comes again are not hashed again: they stand here once, with how often
/// the word occurs. Buffers are kept, reading again allocates nothing. Not thread-safe.
/// </summary>
internal sealed class HashedFeatures
{
    private const int Heads = 1024;

    private readonly int[] _heads = new int[Heads];
    private KnownWord[] _known = new KnownWord[256];
    private uint[] _words = new uint[64], _twoWords = new uint[64], _characters = new uint[1024], _pairs = new uint[512];
    private int[] _times = new int[1024];
    private (int Start, int End)[] _charactersOf = new (int, int)[64];
    private int[] _pairsEnd = new int[64];
    private int _wordCount, _twoWordCount, _characterCount, _pairCount, _knownCount, _first;
    private TextTokens _text = new();

    /// <summary>A word that occurred, and the one before it of the same head (1 and up; 0: none).</summary>
    private readonly record struct KnownWord(int Token, int Before);

    /// <summary>A token each.</summary>
    public ReadOnlySpan<uint> Words => _words.AsSpan(0, _wordCount);
    /// <summary>A token each but the first.</summary>
    public ReadOnlySpan<uint> TwoWords => _twoWords.AsSpan(0, _twoWordCount);
    public ReadOnlySpan<uint> Characters => _characters.AsSpan(0, _characterCount);
    /// <summary>How often each of <see cref="Characters"/> counts.</summary>
    public ReadOnlySpan<int> Times => _times.AsSpan(0, _characterCount);
    public ReadOnlySpan<uint> Pairs => _pairs.AsSpan(0, _pairCount);
    public int Count => _wordCount + _twoWordCount + _characterCount + _pairCount;

    /// <summary>Which of <see cref="Characters"/> a token has, by its place among those read.</summary>
    public Range CharactersOf(int token) => _charactersOf[token].Start.._charactersOf[token].End;

    /// <summary>Which of <see cref="Pairs"/> end at a token.</summary>
    public Range PairsOf(int token) => (token == 0 ? 0 : _pairsEnd[token - 1]).._pairsEnd[token];

    public void Read(TextTokens text, int first, int count)
    {
        var characters = 4 * count;
        foreach (ref readonly var token in text.Tokens.Slice(first, count))
            characters += 4 * token.Length;
        Fit(ref _words, count);
        Fit(ref _twoWords, count);
        Fit(ref _characters, characters);
        Fit(ref _times, characters);
        Fit(ref _pairs, FeatureHasher.MostPairs(count));
        Fit(ref _charactersOf, count);
        Fit(ref _pairsEnd, count);
        Fit(ref _known, count + 1);
        Array.Clear(_heads);
        Array.Clear(_charactersOf, 0, count);
        (_text, _first) = (text, first);
        _wordCount = _twoWordCount = _characterCount = _pairCount = _knownCount = 0;
        var sink = new Sink(this);
        FeatureHasher.Visit(text, first, count, ref sink);
    }

    /// <summary>Counts the characters of a word that was there before.</summary>
    private bool CountsAgain(int at)
    {
        ref readonly var token = ref _text.Tokens[at];
        ref var head = ref _heads[token.Hash % Heads];
        for (var k = head; k > 0; k = _known[k].Before)
        {
            ref readonly var word = ref _text.Tokens[_known[k].Token];
            if (word.Hash != token.Hash || !_text.FoldedOf(word).SequenceEqual(_text.FoldedOf(token)))
                continue;
            var (start, end) = _charactersOf[at - _first] = _charactersOf[_known[k].Token - _first];
            foreach (ref var times in _times.AsSpan(start, end - start))
                times++;
            return true;
        }
        _known[++_knownCount] = new KnownWord(at, head);
        head = _knownCount;
        return false;
    }

    private void AddCharacters(uint hash, int token)
    {
        ref var range = ref _charactersOf[token - _first];
        range = (range.End == 0 ? _characterCount : range.Start, _characterCount + 1);
        (_characters[_characterCount], _times[_characterCount]) = (hash, 1);
        _characterCount++;
    }

    private static void Fit<T>(ref T[] buffer, int count)
    {
        if (buffer.Length < count)
            buffer = new T[count * 2];
    }

    private readonly struct Sink(HashedFeatures to) : IFeatureSink
    {
        public void Word(uint hash, int token, int words)
        {
            if (words == 1)
                to._words[to._wordCount++] = hash;
            else
                to._twoWords[to._twoWordCount++] = hash;
        }

        public bool HadCharacters(int token) => to.CountsAgain(token);

        public void Characters(uint hash, int token) => to.AddCharacters(hash, token);

        public void Pair(uint hash, int token)
        {
            to._pairs[to._pairCount++] = hash;
            to._pairsEnd[token - to._first] = to._pairCount;
        }
    }
}
