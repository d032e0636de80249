using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>The sentences of one passage that support a sentence best.</summary>
internal sealed class Support
{
    private const int LongestWindow = 3;

    private readonly HashSet<uint> _words = [];

    public GroundingPassage? Passage { get; private set; }
    public IReadOnlyList<ReadSentence> Window { get; private set; } = [];
    /// <summary>The one that shares most words.</summary>
    public ReadSentence? Closest { get; private set; }

    public bool Has(uint stem) => _words.Contains(stem);

    public static Support Find(ReadSentence sentence, GroundingSources sources)
    {
        var best = new Support();
        var bestScore = 0.0;
        foreach (var passage in sources.Passages)
        {
            if (passage.Passage.Article.Language != sources.Language)
                continue;
            var read = passage.Text.Sentences;
            var heading = sentence.Stems.Count(passage.Heading.Contains);
            for (var from = 0; from < read.Count; from++)
            {
                HashSet<uint> shared = [];
                for (var to = from; to < read.Count && to - from < LongestWindow; to++)
                {
                    shared.UnionWith(sentence.Stems.Where(read[to].Stems.Contains));
                    // A shorter window that says the same is the better witness; words of the heading help less than those of a sentence.
                    var score = shared.Count + 0.3 * heading - 0.4 * (to - from);
                    if (shared.Count == 0 || score <= bestScore)
                        continue;
                    bestScore = score;
                    best = new Support { Passage = passage, Window = [.. read.Skip(from).Take(to - from + 1)] };
                }
            }
        }
        foreach (var witness in best.Window)
            best._words.UnionWith(witness.Stems);
        if (best.Passage != null)
            best._words.UnionWith(best.Passage.Heading);
        best.Closest = best.Window.MaxBy(w => w.Stems.Count(sentence.Stems.Contains));
        return best;
    }

    public static bool Says(GroundingPassage passage, uint stem) => passage.Heading.Contains(stem) || passage.Text.Sentences.Any(s => s.Stems.Contains(stem));

    public static bool IsCourtesy(uint stem, GroundingSources sources) => CourtesyStems(sources.Language).Contains(stem);

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, HashSet<uint>> s_courtesy = new();

    /// <summary>The polite words as stems of a language.</summary>
    private static HashSet<uint> CourtesyStems(string language) => s_courtesy.GetOrAdd(language, static l =>
    {
        var tokens = new TextTokens();
        tokens.Read(string.Join(' ', GroundingWords.CourtesyWords));
        var stems = new HashSet<uint>();
        foreach (var token in tokens.Tokens)
            if (GroundingText.StemOf(tokens, token, l) is { } stem)
                stems.Add(stem);
        return stems;
    });
}
