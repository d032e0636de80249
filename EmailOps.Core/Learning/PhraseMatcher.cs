namespace EmailOps.Core.Learning;

/// <summary>A phrase found: which one, and the tokens it covers.</summary>
internal readonly record struct PhraseHit(int Phrase, int FirstToken, int TokenCount);

/// <summary>
/// Finds many phrases in tokens in one pass: leftmost, then longest, without overlap, so that "not urgent" is never also "urgent".
/// Whole words regardless of case and accents; ideographs match anywhere. Immutable, thread-safe.
/// </summary>
internal sealed class PhraseMatcher
{
    private readonly Dictionary<uint, int[]> _byFirst = [];
    private readonly uint[][] _phrases;
    private readonly WordFilter _begins;

    /// <summary>Phrases by their index; one that has no word in it never matches.</summary>
    public PhraseMatcher(IReadOnlyList<string> phrases)
    {
        var tokens = new TextTokens();
        _phrases = new uint[phrases.Count][];
        var byFirst = new Dictionary<uint, List<int>>();
        for (var i = 0; i < phrases.Count; i++)
        {
            tokens.Read(phrases[i]);
            var hashes = new uint[tokens.Tokens.Length];
            for (var k = 0; k < hashes.Length; k++)
                hashes[k] = tokens.Tokens[k].Hash;
            _phrases[i] = hashes;
            if (hashes.Length == 0)
                continue;
            if (!byFirst.TryGetValue(hashes[0], out var list))
                byFirst[hashes[0]] = list = [];
            list.Add(i);
        }
        _begins = new WordFilter(byFirst.Count);
        foreach (var (first, list) in byFirst)
        {
            _byFirst[first] = [.. list.OrderByDescending(i => _phrases[i].Length)];
            _begins.Add(first);
        }
    }

    /// <summary>Adds the hits to <paramref name="hits"/>.</summary>
    /// <param name="accept">Which phrases count for this text (for example those of its language); null for all.</param>
    public void Match(ReadOnlySpan<Token> tokens, List<PhraseHit> hits, Func<int, bool>? accept = null)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!_begins.MayHave(tokens[i].Hash) || !_byFirst.TryGetValue(tokens[i].Hash, out var candidates))
                continue;
            foreach (var phrase in candidates)
            {
                if (!MatchesAt(_phrases[phrase], tokens, i) || (accept != null && !accept(phrase)))
                    continue;
                hits.Add(new PhraseHit(phrase, i, _phrases[phrase].Length));
                i += _phrases[phrase].Length - 1;
                break;
            }
        }
    }

    /// <summary>Adds every phrase that occurs, overlapping or not.</summary>
    public void MatchAll(ReadOnlySpan<Token> tokens, List<PhraseHit> hits)
    {
        for (var i = 0; i < tokens.Length; i++)
            if (_begins.MayHave(tokens[i].Hash) && _byFirst.TryGetValue(tokens[i].Hash, out var candidates))
                foreach (var phrase in candidates)
                    if (MatchesAt(_phrases[phrase], tokens, i))
                        hits.Add(new PhraseHit(phrase, i, _phrases[phrase].Length));
    }

    private static bool MatchesAt(uint[] phrase, ReadOnlySpan<Token> tokens, int at)
    {
        if (at + phrase.Length > tokens.Length)
            return false;
        for (var k = 1; k < phrase.Length; k++)
            if (tokens[at + k].Hash != phrase[k])
                return false;
        return true;
    }
}
