using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>All concepts must occur in one sentence.</summary>
internal sealed record AttackRule(double Weight, string Signal, ulong Needs, ulong Forbids, string Reason);

/// <summary>The words and rules of <c>attacks.txt</c> or <c>phishing.txt</c>, compiled. Up to 64 concepts, one bit each.</summary>
internal sealed class AttackLexicon
{
    private readonly Dictionary<string, ulong> _concepts = [];
    private readonly List<ulong> _ofPhrase = [];
    private readonly PhraseMatcher _matcher;

    private AttackLexicon(TextReader reader)
    {
        List<string> phrases = [];
        List<AttackRule> rules = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '=')
            {
                rules.Add(Rule(line));
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            foreach (var phrase in line[(colon + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                phrases.Add(phrase);
                _ofPhrase.Add(Bit(line[..colon]));
            }
        }
        Rules = rules;
        _matcher = new PhraseMatcher(phrases);
    }

    /// <summary>Words aimed at a language model.</summary>
    public static AttackLexicon Default { get; } = Load("attacks.txt");

    /// <summary>Words of fraud aimed at people.</summary>
    public static AttackLexicon Phishing { get; } = Load("phishing.txt");

    /// <summary>Words of advertising that nobody asked for.</summary>
    public static AttackLexicon Unsolicited { get; } = Load("unsolicited.txt");

    public IReadOnlyList<AttackRule> Rules { get; }

    public ulong this[string concept] => _concepts.GetValueOrDefault(concept);

    /// <summary>The concepts that occur in a text.</summary>
    public ulong Concepts(ReadOnlySpan<Token> tokens, List<PhraseHit> scratch)
    {
        scratch.Clear();
        _matcher.MatchAll(tokens, scratch);
        ulong all = 0;
        foreach (var hit in scratch)
            all |= _ofPhrase[hit.Phrase];
        return all;
    }

    /// <summary>Every phrase of the lexicon in the order in which they begin, and the concept of each.</summary>
    public void Find(ReadOnlySpan<Token> tokens, List<PhraseHit> hits, List<ulong> concepts)
    {
        _matcher.MatchAll(tokens, hits);
        foreach (var hit in hits)
            concepts.Add(_ofPhrase[hit.Phrase]);
    }

    private AttackRule Rule(string line)
    {
        // = 0.85 attack-override: override earlier !mild ? Reason.
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var question = line.IndexOf('?', StringComparison.Ordinal);
        var head = line[1..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ulong needs = 0, forbids = 0;
        foreach (var concept in line[(colon + 1)..question].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (concept[0] == '!')
                forbids |= Bit(concept[1..]);
            else
                needs |= Bit(concept);
        return new AttackRule(double.Parse(head[0], CultureInfo.InvariantCulture), head[1], needs, forbids, line[(question + 1)..].Trim());
    }

    private ulong Bit(string concept)
    {
        if (!_concepts.TryGetValue(concept, out var bit))
            _concepts[concept] = bit = _concepts.Count < 64 ? 1UL << _concepts.Count : throw new InvalidOperationException("A lexicon has more than 64 concepts.");
        return bit;
    }

    private static AttackLexicon Load(string name)
    {
        using var stream = typeof(AttackLexicon).Assembly.GetManifestResourceStream($"EmailOps.Core.Triage.Lexicons.{name}")
            ?? throw new InvalidOperationException($"The resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return new AttackLexicon(reader);
    }
}
