using EmailOps.Core.Learning;

namespace EmailOps.Core.Knowledge.Search;

/// <summary>A term of a question with how telling it is among the passages of one language.</summary>
/// <param name="Term">Hashed stem.</param>
/// <param name="Likeness">1; less for a word that was misspelt.</param>
internal readonly record struct WeighedTerm(uint Term, float Rarity, float Likeness);

/// <summary>How a passage fares by its words.</summary>
internal readonly record struct WordMatch(double Score, double Coverage, double Matched, bool ByTypo);

/// <summary>Scores passages that PostgreSQL found, by the same formula as <see cref="LanguageIndex"/>. Not thread-safe.</summary>
/// <param name="terms">Of the question, in the language of the passages.</param>
/// <param name="total">Weight of all words of the question, unknown ones among them.</param>
/// <param name="averageLength">Words of an average passage.</param>
internal sealed class WordScorer(string language, IReadOnlyList<WeighedTerm> terms, double total, double averageLength)
{
    private readonly TextTokens _tokens = new();
    private readonly Dictionary<uint, int> _places = terms.Select((t, i) => (t.Term, i)).GroupBy(p => p.Term).ToDictionary(g => g.Key, g => g.First().i);
    private readonly float[] _counts = new float[terms.Count];

    public WordMatch Match(string title, string heading, IEnumerable<string> keywords, string body, int length)
    {
        Array.Clear(_counts);
        Count(title, PassageScoring.TitleWeight);
        Count(heading, PassageScoring.HeadingWeight);
        Count(string.Join(", ", keywords), PassageScoring.KeywordWeight);
        Count(body, PassageScoring.BodyWeight);
        double score = 0, covered = 0, matched = 0, exact = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0) continue;
            var weight = terms[i].Rarity * terms[i].Likeness;
            score += weight * PassageScoring.Saturated(_counts[i], length, Math.Max(1, averageLength));
            covered += weight;
            matched += terms[i].Likeness;
            if (terms[i].Likeness >= 1) exact++;
        }
        return new WordMatch(score, total > 0 ? Math.Min(1, covered / total) : 0, matched, matched > exact);
    }

    private void Count(string text, float weight)
    {
        _tokens.Read(text);
        foreach (ref readonly var token in _tokens.Tokens)
            if (_places.TryGetValue(Terms.Of(_tokens, token, language), out var place))
                _counts[place] += weight;
    }
}
