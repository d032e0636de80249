using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Analytics;

/// <summary>What of one message tells whether mail has changed.</summary>
/// <param name="Confidence">0-100.</param>
/// <param name="Words">The first of its new words.</param>
internal sealed record DriftRow(string Category, string Language, int Length, double Confidence, bool IsOutOfScope, bool IsCorrected, string Words);

/// <summary>Compares two windows of mail.</summary>
internal static class DriftMeasure
{
    /// <summary>With fewer messages in a window nothing is said.</summary>
    public const int LeastMessages = 100;
    private const int WordGroups = 32;
    /// <summary>A rate must have risen by this much, and not by chance.</summary>
    private const double LeastRise = 0.05, Doubt = 0.01;

    public static DriftView Compare(long mailboxId, DateTimeOffset at, IReadOnlyList<DriftRow> reference, IReadOnlyList<DriftRow> current)
    {
        List<DriftFeature> features =
        [
            Feature("category", reference, current, r => r.Category),
            Feature("language", reference, current, r => r.Language),
            Feature("length", reference, current, r => Math.Min(7, r.Length <= 0 ? 0 : (int)Math.Log2(1 + r.Length / 32.0))),
            Feature("words", reference, current, r => WordGroup(r.Words)),
            Feature("confidence", reference, current, r => Math.Clamp((int)(r.Confidence / 10), 0, 9)),
        ];
        var outOfScope = Rate(reference, current, r => r.IsOutOfScope);
        var corrected = Rate(reference, current, r => r.IsCorrected);
        List<string> warnings = [.. features.Where(f => f.IsDrifting).Select(f => $"{Sentence(f.Name)} (stability index {f.Index:0.00}).")];
        if (outOfScope.IsDrifting) warnings.Add($"{outOfScope.Current:0 %} of the mail is of none of the known categories; it was {outOfScope.Reference:0 %}.");
        if (corrected.IsDrifting) warnings.Add($"People correct {corrected.Current:0 %} of the categories; it was {corrected.Reference:0 %}.");
        return new DriftView(mailboxId, at, reference.Count, current.Count, features, outOfScope, corrected, warnings);
    }

    private static DriftFeature Feature<T>(string name, IReadOnlyList<DriftRow> reference, IReadOnlyList<DriftRow> current, Func<DriftRow, T> groupOf) where T : notnull
    {
        var groups = reference.Concat(current).Select(groupOf).Distinct().Select((g, i) => (g, i)).ToDictionary(p => p.g, p => p.i);
        if (groups.Count == 0) return new DriftFeature(name, 0, 0, false);
        var (before, now) = (new int[groups.Count], new int[groups.Count]);
        foreach (var row in reference) before[groups[groupOf(row)]]++;
        foreach (var row in current) now[groups[groupOf(row)]]++;
        var (index, chance) = (Stability.Index(before, now), Stability.Chance(groups.Count, reference.Count, current.Count));
        return new DriftFeature(name, Math.Round(index, 4), double.IsFinite(chance) ? Math.Round(chance, 4) : 0, Enough(reference, current) && index >= Stability.Notable && index > chance);
    }

    private static DriftRate Rate(IReadOnlyList<DriftRow> reference, IReadOnlyList<DriftRow> current, Func<DriftRow, bool> is_)
    {
        var (before, now) = (reference.Count(is_), current.Count(is_));
        var was = reference.Count == 0 ? 0 : (double)before / reference.Count;
        var share = current.Count == 0 ? 0 : (double)now / current.Count;
        return new DriftRate(was, share, Enough(reference, current) && share >= was + LeastRise && Binomial.LowerBound(now, current.Count, Doubt) > was);
    }

    private static bool Enough(IReadOnlyList<DriftRow> reference, IReadOnlyList<DriftRow> current) => reference.Count >= LeastMessages && current.Count >= LeastMessages;

    /// <summary>The group of one word of the message, drawn by the smallest hash: messages then count alike, however long they are, and are independent of each other.</summary>
    private static int WordGroup(string words)
    {
        var least = uint.MaxValue;
        foreach (var range in words.AsSpan().SplitAny(' ', '\n', '\t', '\r'))
            if (words.AsSpan(range) is { Length: > 2 } word) least = Math.Min(least, Hash32.Mix(Hash32.OfFolded(word)));
        // The smallest hash is small: the group comes from mixing it again.
        return (int)(Hash32.Mix(least ^ 0x9E3779B9) % WordGroups);
    }

    private static string Sentence(string name) => name switch
    {
        "category" => "The mix of categories has changed",
        "language" => "The mix of languages has changed",
        "length" => "Mails are longer or shorter than they were",
        "words" => "Mails use other words than they did",
        _ => "Triage is surer or less sure than it was",
    };
}
