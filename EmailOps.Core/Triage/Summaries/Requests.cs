using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Summaries;

/// <summary>
/// Finds what a mail asks of us, by rules and the phrases of <c>requests.txt</c>: questions, requests and wishes; not the formulas that only look like them ("do not hesitate to contact us").
/// Works without training and in the languages of the file; elsewhere questions are still found by their mark.
/// </summary>
internal static class Requests
{
    private enum Kind : byte { Ask, Want, Begin, Polite }

    private static readonly List<Kind> s_kinds = [];
    private static readonly PhraseMatcher s_matcher = Load();

    [ThreadStatic]
    private static List<PhraseHit>? s_hits;

    /// <summary>0: asks nothing; 0.5: says what is wanted; 1: asks.</summary>
    /// <param name="count">Tokens of the sentence, from <paramref name="first"/>.</param>
    public static double Strength(TextTokens text, int first, int count, ReadOnlySpan<char> sentence)
    {
        if (count == 0)
            return 0;
        var hits = s_hits ??= [];
        hits.Clear();
        s_matcher.MatchAll(text.Tokens.Slice(first, count), hits);
        var (strength, polite) = (0.0, false);
        foreach (var hit in hits)
            switch (s_kinds[hit.Phrase])
            {
                case Kind.Ask: strength = 1; break;
                case Kind.Want: strength = Math.Max(strength, 0.5); break;
                // A greeting by name may stand before: "Ann, send me ...".
                case Kind.Begin when hit.FirstToken == 0 || (hit.FirstToken == 1 && sentence.IndexOf(',') is > 0 and < 20): strength = Math.Max(strength, count > 2 ? 1 : 0.5); break;
                case Kind.Polite: polite = true; break;
            }
        var asks = sentence.TrimEnd("\"')”»!. \n") is [.., '?' or '？' or '؟'];
        // "If you have any questions, please call": politeness, unless something else is asked outright.
        return polite ? asks ? 0.5 : 0 : asks ? 1 : strength;
    }

    private static PhraseMatcher Load()
    {
        using var stream = typeof(Requests).Assembly.GetManifestResourceStream("EmailOps.Core.Triage.Lexicons.requests.txt")
            ?? throw new InvalidOperationException("The resource requests.txt is missing.");
        using var reader = new StreamReader(stream);
        List<string> phrases = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var kind = Enum.Parse<Kind>(line[..colon], ignoreCase: true);
            foreach (var phrase in line[(colon + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                phrases.Add(phrase);
                s_kinds.Add(kind);
            }
        }
        return new PhraseMatcher(phrases);
    }
}
