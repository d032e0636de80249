namespace EmailOps.Core.Learning;

/// <summary>Takes the features of a text one by one; a struct, so that the visit is compiled for it without virtual calls.</summary>
internal interface IFeatureSink
{
    /// <param name="hash">Hash of a word or of two words in a row.</param>
    /// <param name="token">Index of the (last) token.</param>
    /// <param name="words">1 or 2.</param>
    void Word(uint hash, int token, int words);

    /// <summary>Asked before the characters of a word: true when they need not be visited, since the same word was before.</summary>
    bool HadCharacters(int token);

    /// <param name="hash">Hash of 2 to 5 characters within one word, its edges included.</param>
    void Characters(uint hash, int token);

    /// <param name="hash">Hash of two stems near each other, in either order.</param>
    /// <param name="token">Index of the later token.</param>
    void Pair(uint hash, int token);
}

/// <summary>
/// Word 1-2-grams, character 2-5-grams and pairs of stems within a few words of each other, as hashes. Digits count as one shape (an order number says "a number", not which),
/// and runs of ideographs are read as one word without edges.
/// </summary>
internal static class FeatureHasher
{
    private const int LongestGram = 5;
    /// <summary>Longer "words" are base64 and the like; their inside says nothing.</summary>
    private const int LongestWord = 32;
    private const uint NumberHash = 0x9E3779B1;
    private const uint WordSpace = 0x51ED270B;
    private const uint PairSpace = 0xB5297A4D;
    private const uint CharacterSpace = 0x68E31DA4;
    private const uint NearSpace = 0x2F0B4C47;
    /// <summary>Words between which a pair is a feature: "my card ... not arrived".</summary>
    private const int Nearness = 6;
    /// <summary>Marks where the text begins and ends, for pairs.</summary>
    private const uint EdgeHash = 0x85EBCA77;

    /// <summary>Bound on the pairs of so many tokens.</summary>
    public static int MostPairs(int tokens) => (tokens + 1) * Nearness;

    public static void Visit<TSink>(TextTokens text, int first, int count, ref TSink sink) where TSink : struct, IFeatureSink, allows ref struct
    {
        var tokens = text.Tokens.Slice(first, count);
        // Stems of the last few words, so that each word is stemmed once.
        Span<uint> near = stackalloc uint[Nearness];
        uint previous = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            var hash = token.Kind == TokenKind.Number ? NumberHash : token.Hash;
            sink.Word(WordHash(hash), first + i, 1);
            if (i > 0)
                sink.Word(Hash32.Mix(Hash32.Combine(previous, hash) ^ PairSpace), first + i, 2);
            previous = hash;
            Pairs(StemHash(text, token), near, i, tokens.Length, first, ref sink);
            if (token.Kind == TokenKind.Ideograph)
            {
                Ideographs(text, tokens, i, first, ref sink);
                continue;
            }
            if (token.Kind == TokenKind.Number || token.Length > LongestWord || sink.HadCharacters(first + i))
                continue;
            Grams(text.FoldedOf(token), first + i, ref sink);
        }
    }

    /// <param name="near">A ring of the stems before, by index modulo its length; takes this one.</param>
    private static void Pairs<TSink>(uint stem, scoped Span<uint> near, int at, int count, int first, ref TSink sink) where TSink : struct, IFeatureSink, allows ref struct
    {
        for (var k = Math.Max(-1, at - Nearness); k < at; k++)
            sink.Pair(PairHash(k < 0 ? EdgeHash : near[k % Nearness], stem), first + at);
        near[at % Nearness] = stem;
        if (at == count - 1)
            for (var k = Math.Max(0, at - Nearness + 1); k <= at; k++)
                sink.Pair(PairHash(~EdgeHash, near[k % Nearness]), first + at);
    }

    private static uint PairHash(uint a, uint b) => Hash32.Mix(Hash32.Combine(Math.Min(a, b), Math.Max(a, b)) ^ NearSpace);

    private static uint StemHash(TextTokens text, in Token token)
    {
        if (token.Kind == TokenKind.Number)
            return NumberHash;
        return token.Kind == TokenKind.Word ? Hash32.OfFoldedWord(Stems.Of(text.FoldedOf(token))) : token.Hash;
    }

    /// <summary>The feature of a single word, from the hash of its token.</summary>
    public static uint WordHash(uint token) => Hash32.Mix(token ^ WordSpace);

    private static void Grams<TSink>(ReadOnlySpan<char> word, int token, ref TSink sink) where TSink : struct, IFeatureSink, allows ref struct
    {
        // Positions -1 and Length stand for the edges of the word.
        for (var start = -1; start < word.Length; start++)
        {
            var hash = Hash32.Seed;
            var end = Math.Min(start + LongestGram, word.Length + 1);
            for (var k = start; k < end; k++)
            {
                uint c = k < 0 || k >= word.Length ? ' ' : word[k];
                if (c - '0' <= 9)
                    c = '0';
                hash = Hash32.Step(hash, c);
                if (k > start)
                    sink.Characters(Hash32.Mix(hash ^ CharacterSpace), token);
            }
        }
    }

    /// <summary>Grams of 2-4 ideographs that begin at a token; the next ones must touch it.</summary>
    private static void Ideographs<TSink>(TextTokens text, ReadOnlySpan<Token> tokens, int at, int first, ref TSink sink) where TSink : struct, IFeatureSink, allows ref struct
    {
        var folded = text.Folded;
        var hash = Hash32.Step(Hash32.Seed, folded[tokens[at].Start]);
        for (var k = 1; k < 4 && at + k < tokens.Length; k++)
        {
            if (tokens[at + k].Kind != TokenKind.Ideograph || tokens[at + k].Start != tokens[at].Start + k)
                return;
            hash = Hash32.Step(hash, folded[tokens[at + k].Start]);
            sink.Characters(Hash32.Mix(hash ^ CharacterSpace), first + at);
        }
    }
}
