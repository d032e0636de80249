using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge.Search;

/// <summary>
/// A text whose parts are asked for, one after the other: the whole mail and each of its questions. What its words are as terms of an index is worked out once for all of them. Used again for the
/// next text without allocating; not thread-safe.
/// </summary>
internal sealed class AskedText
{
    private readonly List<ReadText> _read = [];
    private readonly Dictionary<uint, (uint Term, float Likeness)> _closest = [];
    private readonly SharedTrigrams _shared = new();
    private int _inUse;

    public TextTokens Text { get; private set; } = new();

    /// <summary>Terms of the part that is asked for at present, and those seen in it.</summary>
    public List<QueryTerm> Terms { get; } = [];
    public HashSet<uint> Seen { get; } = [];
    /// <summary>Different words of the part that say something.</summary>
    public int Asked { get; set; }

    public void Begin(TextTokens text)
    {
        (Text, _inUse) = (text, 0);
        _closest.Clear();
    }

    /// <summary>A term each token of the text, and what it weighs in an index.</summary>
    public ReadText In(LanguageIndex index)
    {
        for (var i = 0; i < _inUse; i++)
            if (ReferenceEquals(_read[i].Index, index))
                return _read[i];
        if (_inUse == _read.Count)
            _read.Add(new ReadText());
        var read = _read[_inUse++];
        read.Read(Text, index);
        return read;
    }

    /// <summary>See <see cref="LanguageIndex.Closest"/>. Only one index is asked about misspelt words: that of the text's own language.</summary>
    public (uint Term, float Likeness) Closest(LanguageIndex index, in Token token)
    {
        if (!_closest.TryGetValue(token.Hash, out var closest))
            _closest[token.Hash] = closest = index.Closest(Text.FoldedOf(token), _shared);
        return closest;
    }
}

/// <summary>The tokens of a text as terms of one index. Not thread-safe.</summary>
internal sealed class ReadText
{
    private uint[] _terms = [];
    private float[] _weights = [];

    public LanguageIndex? Index { get; private set; }

    /// <summary>The term of a token and its weight in the index, 0 when no passage has it; a weight below 0 where the token says nothing.</summary>
    public (uint Term, float Weight) this[int token] => (_terms[token], _weights[token]);

    public void Read(TextTokens text, LanguageIndex index)
    {
        Index = index;
        var tokens = text.Tokens;
        if (_terms.Length < tokens.Length)
            (_terms, _weights) = (new uint[tokens.Length * 2], new float[tokens.Length * 2]);
        var (stopWords, stemmer) = (StopWords.Of(index.Language), LightStemmer.Of(index.Language));
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            var saysNothing = (token.Length == 1 && token.Kind != TokenKind.Ideograph) || stopWords.Contains(token.Hash);
            _terms[i] = saysNothing ? 0 : Terms.Of(text, token, stemmer);
            _weights[i] = saysNothing ? -1 : index.Weight(_terms[i]);
        }
    }
}
