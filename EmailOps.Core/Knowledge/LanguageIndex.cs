using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge;

/// <summary>The words of a question after reading: hashed stems with how much each counts.</summary>
internal readonly record struct QueryTerm(uint Term, float Weight);

/// <summary>
/// The passages of one language as an inverted index scored by BM25F (Robertson and Zaragoza 2009, section 3.6): counts are weighted by
/// field (title, heading, body) before they saturate. Immutable.
/// </summary>
internal sealed class LanguageIndex
{
    private readonly Passage[] _passages;
    private readonly Dictionary<uint, (Posting[] Postings, float Rarity)> _terms = [];
    private readonly WordFilter _known;
    private readonly Dictionary<uint, List<int>> _wordsByTrigram = [];
    private readonly List<(uint Term, string Word)> _words = [];

    private readonly record struct Posting(int Passage, float Weight);

    public LanguageIndex(string language, IReadOnlyList<Passage> passages)
    {
        Language = language;
        _passages = [.. passages];
        var counts = new Dictionary<uint, float>[_passages.Length];
        var lengths = new float[_passages.Length];
        var tokens = new TextTokens();
        var words = new Dictionary<uint, string>();
        for (var i = 0; i < _passages.Length; i++)
        {
            counts[i] = [];
            var passage = _passages[i];
            AddField(passage.Article.Title, PassageScoring.TitleWeight, i);
            AddField(passage.Heading, PassageScoring.HeadingWeight, i);
            AddField(string.Join(", ", passage.Article.Keywords ?? []), PassageScoring.KeywordWeight, i);
            AddField(passage.Text, PassageScoring.BodyWeight, i);
            lengths[i] = tokens.Tokens.Length;
        }
        Invert(counts, lengths);
        _known = new WordFilter(_terms.Count);
        foreach (var term in _terms.Keys)
            _known.Add(term);
        foreach (var (term, word) in words)
            AddWord(term, word);

        void AddField(string text, float weight, int passage)
        {
            tokens.Read(text);
            foreach (var token in tokens.Tokens)
            {
                var term = Terms.Of(tokens, token, language);
                counts[passage][term] = counts[passage].GetValueOrDefault(term) + weight;
                if (token.Length >= Spelling.LeastLength && token.Kind == TokenKind.Word)
                    words.TryAdd(term, tokens.FoldedOf(token).ToString());
            }
        }
    }

    public string Language { get; }
    public int Count => _passages.Length;
    public Passage this[int passage] => _passages[passage];

    /// <summary>Weight of a term in this index; 0 when no passage has it.</summary>
    public float Weight(uint term) => _known.MayHave(term) ? _terms.GetValueOrDefault(term).Rarity : 0;

    /// <summary>Adds the score of each term to the passages that have it.</summary>
    /// <param name="covered">Per passage the weight of the terms found.</param>
    /// <param name="matched">Per passage how many terms were found; a misspelt one counts as much as it is alike.</param>
    public void Score(ReadOnlySpan<QueryTerm> terms, Span<float> scores, Span<float> covered, Span<float> matched)
    {
        foreach (ref readonly var term in terms)
        {
            if (!_terms.TryGetValue(term.Term, out var known))
                continue;
            var weight = term.Weight * known.Rarity;
            foreach (var posting in known.Postings)
            {
                scores[posting.Passage] += weight * posting.Weight;
                covered[posting.Passage] += weight;
                matched[posting.Passage] += term.Weight;
            }
        }
    }

    /// <summary>The known word most like a misspelt one (Dice coefficient of trigrams); 0 when none is close.</summary>
    /// <param name="shared">Emptied and used.</param>
    public (uint Term, float Likeness) Closest(ReadOnlySpan<char> folded, SharedTrigrams shared)
    {
        shared.Begin(_words.Count);
        var trigrams = folded.Length;
        for (var i = 0; i < trigrams; i++)
            if (_wordsByTrigram.TryGetValue(Trigram(folded, i), out var words))
                foreach (var word in words)
                    shared.Add(word);
        (uint Term, float Likeness) best = default;
        foreach (var word in shared.Words)
        {
            var likeness = 2f * shared[word] / (trigrams + _words[word].Word.Length);
            if (likeness > best.Likeness && Spelling.IsMisspelt(folded, _words[word].Word, likeness))
                best = (_words[word].Term, likeness);
        }
        return best.Likeness > 0 ? (best.Term, Math.Max(best.Likeness, Spelling.LeastLikeness)) : default;
    }

    private void Invert(Dictionary<uint, float>[] counts, float[] lengths)
    {
        var average = lengths.Length == 0 ? 1 : Math.Max(1, lengths.Average());
        var postings = new Dictionary<uint, List<Posting>>();
        for (var i = 0; i < counts.Length; i++)
            foreach (var (term, count) in counts[i])
            {
                if (!postings.TryGetValue(term, out var list))
                    postings[term] = list = [];
                list.Add(new Posting(i, PassageScoring.Saturated(count, lengths[i], average)));
            }
        foreach (var (term, list) in postings)
            _terms[term] = ([.. list], PassageScoring.Rarity(list.Count, counts.Length));
    }

    private void AddWord(uint term, string word)
    {
        var id = _words.Count;
        _words.Add((term, word));
        for (var i = 0; i < word.Length; i++)
        {
            var trigram = Trigram(word, i);
            if (!_wordsByTrigram.TryGetValue(trigram, out var list))
                _wordsByTrigram[trigram] = list = [];
            if (list.Count == 0 || list[^1] != id)
                list.Add(id);
        }
    }

    /// <summary>Three characters around a position; the edges count as spaces, so that beginnings weigh more.</summary>
    private static uint Trigram(ReadOnlySpan<char> word, int at)
    {
        var before = at > 0 ? word[at - 1] : ' ';
        var after = at + 1 < word.Length ? word[at + 1] : ' ';
        return Hash32.Step(Hash32.Step(Hash32.Step(Hash32.Seed, before), word[at]), after);
    }
}
