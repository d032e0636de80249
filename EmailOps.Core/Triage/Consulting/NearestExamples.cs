using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>The team's corrected mails, and which of them are most like a mail: cosine over its words, rare words weighing more. Thread-safe.</summary>
internal sealed class NearestExamples
{
    /// <summary>Below this similarity an example teaches nothing about the mail.</summary>
    private const double Floor = 0.06;
    /// <summary>For examples of categories that are in question anyway.</summary>
    private const double LikelyBonus = 1.25;
    private const int MostOfOneCategory = 2;

    private readonly List<(CorrectedExample Example, HashSet<uint> Words, double Length)> _known = [];
    private readonly Dictionary<uint, double> _weights = [];
    private readonly double _rarest;

    public NearestExamples(IReadOnlyList<CorrectedExample> examples)
    {
        var words = examples.Select(e => Words(e.Text)).ToList();
        foreach (var word in words.SelectMany(w => w))
            _weights[word] = _weights.GetValueOrDefault(word) + 1;
        _rarest = Math.Log(1 + examples.Count);
        foreach (var word in _weights.Keys.ToList())
            _weights[word] = Math.Log(1 + examples.Count / _weights[word]);
        for (var i = 0; i < examples.Count; i++)
            _known.Add((examples[i], words[i], Length(words[i])));
    }

    public static NearestExamples None { get; } = new([]);

    /// <param name="likely">Categories the built-in model thinks of.</param>
    public IReadOnlyList<CorrectedExample> Choose(long messageId, string text, IReadOnlyCollection<string> likely, int most)
    {
        if (_known.Count == 0 || most == 0) return [];
        var words = Words(text.Length <= 4_000 ? text : text[..4_000]);
        var length = Length(words);
        if (length == 0) return [];
        List<CorrectedExample> chosen = [];
        foreach (var (example, _) in _known.Where(k => k.Example.MessageId != messageId && k.Length > 0)
            .Select(k => (k.Example, Score: k.Words.Where(words.Contains).Sum(w => _weights[w] * _weights[w]) / (k.Length * length) * (likely.Contains(k.Example.Category) ? LikelyBonus : 1)))
            .Where(k => k.Score >= Floor).OrderByDescending(k => k.Score).ThenByDescending(k => k.Example.MessageId))
        {
            if (chosen.Count(c => c.Category == example.Category) >= MostOfOneCategory) continue;
            chosen.Add(example);
            if (chosen.Count == most) break;
        }
        return chosen;
    }

    private double Length(HashSet<uint> words) => Math.Sqrt(words.Sum(w => _weights.GetValueOrDefault(w, _rarest) is var weight ? weight * weight : 0));

    private static HashSet<uint> Words(string text)
    {
        var tokens = new TextTokens();
        tokens.Read(text);
        var language = LanguageIdentifier.Identify(tokens).Language;
        var words = new HashSet<uint>();
        foreach (var token in tokens.Tokens)
            if ((token.Kind == TokenKind.Ideograph || token.Length > 2) && !StopWords.Contains(token.Hash, language))
                words.Add(Terms.Of(tokens, token, language));
        return words;
    }
}
