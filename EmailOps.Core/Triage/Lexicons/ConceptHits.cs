using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>Where the concepts of a lexicon stand in a text: found in one pass, then asked about sentence by sentence. Used again for the next text; not thread-safe.</summary>
internal sealed class ConceptHits
{
    private readonly List<PhraseHit> _hits = [];
    private readonly List<ulong> _concepts = [];

    public void Read(AttackLexicon lexicon, TextTokens text)
    {
        _hits.Clear();
        _concepts.Clear();
        lexicon.Find(text.Tokens, _hits, _concepts);
    }

    /// <summary>The concepts of phrases that stand wholly in a range of tokens.</summary>
    /// <param name="beginning">Those of phrases that begin it.</param>
    public ulong In(int first, int end, out ulong beginning)
    {
        ulong all = 0;
        beginning = 0;
        for (var i = FirstFrom(first); i < _hits.Count && _hits[i].FirstToken < end; i++)
        {
            if (_hits[i].FirstToken + _hits[i].TokenCount > end)
                continue;
            all |= _concepts[i];
            if (_hits[i].FirstToken == first)
                beginning |= _concepts[i];
        }
        return all;
    }

    private int FirstFrom(int token)
    {
        int low = 0, high = _hits.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_hits[middle].FirstToken < token)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
