using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Taxonomies;

/// <summary>A cue found: the rule it belongs to (index) and the words it covers.</summary>
internal readonly record struct CueHit(int Rule, int FirstToken, int TokenCount);

/// <summary>The cues of many rules compiled into one pass over the tokens. Immutable.</summary>
internal sealed class CueMatcher
{
    private readonly PhraseMatcher _matcher;
    private readonly int[] _rules;
    private readonly string[] _languages;

    public CueMatcher(IReadOnlyList<Cues> rules)
    {
        List<string> phrases = [], languages = [];
        List<int> owners = [];
        for (var rule = 0; rule < rules.Count; rule++)
            foreach (var (language, words) in rules[rule])
                foreach (var word in words)
                {
                    phrases.Add(word);
                    languages.Add(language);
                    owners.Add(rule);
                    if (Stemmed(word, language) is var stems && stems != word)
                    {
                        phrases.Add(stems);
                        languages.Add(language);
                        owners.Add(rule);
                    }
                }
        _matcher = new PhraseMatcher(phrases);
        _rules = [.. owners];
        _languages = [.. languages];
    }

    /// <summary>Tokens whose hashes are those of their stems, so that "refunds" meets the cue "refund".</summary>
    public static void Stem(TextTokens text, string language, List<Token> stems)
    {
        var stemmer = LightStemmer.Of(language);
        foreach (ref readonly var token in text.Tokens)
            stems.Add(token with { Hash = Terms.Stem(text, token, stemmer) });
    }

    /// <summary>Cues in the language of the text only: "court" is short in French. All languages when it is not known.</summary>
    /// <param name="scratch">Emptied and used.</param>
    /// <param name="tokens">As <see cref="Stem"/> makes them.</param>
    public void Match(ReadOnlySpan<Token> tokens, string language, string second, List<PhraseHit> scratch, List<CueHit> hits)
    {
        scratch.Clear();
        if (language == Languages.Undetermined)
            _matcher.Match(tokens, scratch);
        else
            _matcher.Match(tokens, scratch, phrase => _languages[phrase] == language || _languages[phrase] == second);
        foreach (var hit in scratch)
            hits.Add(new CueHit(_rules[hit.Phrase], hit.FirstToken, hit.TokenCount));
    }

    private static string Stemmed(string phrase, string language)
    {
        var tokens = new TextTokens();
        tokens.Read(phrase);
        var stemmer = LightStemmer.Of(language);
        List<string> stems = [];
        foreach (var token in tokens.Tokens)
            stems.Add(token.Kind == TokenKind.Word ? tokens.FoldedOf(token)[..stemmer.StemLength(tokens.FoldedOf(token))].ToString() : tokens.FoldedOf(token).ToString());
        return string.Join(' ', stems);
    }
}
