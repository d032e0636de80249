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
                }
        _matcher = new PhraseMatcher(phrases);
        _rules = [.. owners];
        _languages = [.. languages];
    }

    /// <summary>Cues in the language of the text only: "court" is short in French. All languages when it is not known.</summary>
    /// <param name="scratch">Emptied and used.</param>
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
}
