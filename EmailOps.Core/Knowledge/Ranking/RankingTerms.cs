using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge.Ranking;

/// <summary>What a text is compared by: hashed stems without stop words, pairs of neighbours, and runs of letters that survive typing errors. Not thread-safe.</summary>
internal sealed class RankingTerms(string language)
{
    private const int ShortestRun = 3, LongestRun = 5;
    /// <summary>Keeps a pair and a run of letters from being taken for a word.</summary>
    private const uint PairSpace = 0x5051_7263, RunSpace = 0x4c65_7474;
    private readonly TextTokens _tokens = new();

    public List<uint> Words(string text)
    {
        _tokens.Read(text);
        List<uint> words = [];
        foreach (ref readonly var token in _tokens.Tokens)
            if (!StopWords.Contains(token.Hash, language))
                words.Add(Terms.Of(_tokens, token, language));
        return words;
    }

    /// <summary>Words and each two that follow one another.</summary>
    public List<uint> WordsAndPairs(string text)
    {
        var words = Words(text);
        for (int i = 0, count = words.Count; i + 1 < count; i++)
            words.Add(Hash32.Combine(words[i] ^ PairSpace, words[i + 1]));
        return words;
    }

    /// <summary>All runs of three to five letters of each word, its edges counted as letters.</summary>
    public List<uint> Letters(string text)
    {
        _tokens.Read(text);
        List<uint> runs = [];
        Span<char> padded = stackalloc char[42];
        foreach (ref readonly var token in _tokens.Tokens)
        {
            if (StopWords.Contains(token.Hash, language))
                continue;
            var word = _tokens.FoldedOf(token);
            word = word[..Math.Min(word.Length, padded.Length - 2)];
            padded[0] = '<';
            word.CopyTo(padded[1..]);
            padded[word.Length + 1] = '>';
            var all = padded[..(word.Length + 2)];
            for (var length = ShortestRun; length <= LongestRun; length++)
                for (var i = 0; i + length <= all.Length; i++)
                    runs.Add(Hash32.OfFoldedWord(all.Slice(i, length)) ^ RunSpace);
        }
        return runs;
    }
}
