using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage;

/// <summary>Finds the words that signals of an attack rest on in a text as it is shown, invisible characters and all.</summary>
internal static class EvidenceSpans
{
    private const int Most = 20;

    public static IReadOnlyList<MarkedSpan> Find(string text, IReadOnlyList<Signal> signals)
    {
        var attacks = signals.Where(s => s.Name.StartsWith("attack-", StringComparison.Ordinal) && s.Evidence is { Length: > 2 }).OrderByDescending(s => s.Weight).Take(Most).ToList();
        if (attacks.Count == 0 || text.Length == 0)
            return [];
        var visible = VisibleText.Of(text, out _, out _);
        var places = Places(text, visible);
        List<MarkedSpan> spans = [];
        foreach (var signal in attacks)
        {
            var words = signal.Evidence!.TrimEnd('…');
            if (visible.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at)
                spans.Add(new MarkedSpan(places[at], places[at + words.Length - 1] + 1 - places[at], signal.Reason));
        }
        return Apart(spans);
    }

    /// <summary>Where each visible character stands in the text; both are the same but for characters taken out.</summary>
    private static int[] Places(string text, string visible)
    {
        var places = new int[visible.Length];
        for (int i = 0, j = 0; j < visible.Length; i++)
            if (i < text.Length && text[i] == visible[j])
                places[j++] = i;
            else if (i >= text.Length)
                places[j++] = text.Length - 1;
        return places;
    }

    /// <summary>In order and without overlaps: where two meet, the weightier was there first.</summary>
    private static List<MarkedSpan> Apart(List<MarkedSpan> spans)
    {
        List<MarkedSpan> kept = [];
        foreach (var span in spans)
            if (kept.TrueForAll(k => span.Start >= k.Start + k.Length || k.Start >= span.Start + span.Length))
                kept.Add(span);
        kept.Sort((a, b) => a.Start.CompareTo(b.Start));
        return kept;
    }
}
