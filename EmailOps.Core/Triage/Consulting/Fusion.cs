using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// What two judges say together: a linear opinion pool (Stone 1961, "The opinion pool", The Annals of Mathematical Statistics 32), half and half.
/// <code>p(c) = 0.5 * builtin(c) + 0.5 * model(c)</code>
/// where model(c) is the trust in the model for its choice and the rest spread evenly. The pool never exceeds the surer of the two: agreement of two
/// unsure judges stays unsure, and disagreement is shown as what it is. A product of both would be surer, and wrong, because both err on the same mail.
/// </summary>
internal static class Fusion
{
    private const double BuiltInWeight = 0.5;
    private const int Shown = 4;

    /// <param name="builtIn">Its best categories; what they lack to 1 is spread over the others.</param>
    /// <param name="categories">The closed list.</param>
    /// <param name="choice">The model's category; null when it says "none of these", which takes certainty from all.</param>
    /// <param name="trust">0-1.</param>
    /// <returns>The best four, best first.</returns>
    public static IReadOnlyList<CategoryScore> Pool(IReadOnlyList<CategoryScore> builtIn, IReadOnlyList<string> categories, string? choice, double trust)
    {
        var named = builtIn.Where(b => categories.Contains(b.Category)).ToDictionary(b => b.Category, b => Math.Clamp(b.Probability, 0, 1));
        var rest = Math.Max(0, 1 - named.Values.Sum());
        var others = categories.Count - named.Count;
        return
        [
            .. categories.Select((category, order) => (Order: order, Score: new CategoryScore(category, Math.Round(
                    BuiltInWeight * (named.TryGetValue(category, out var known) ? known : others == 0 ? 0 : rest / others)
                    + (1 - BuiltInWeight) * (choice == null || categories.Count == 1 ? 1.0 / categories.Count : category == choice ? trust : (1 - trust) / (categories.Count - 1)), 4))))
                .OrderByDescending(c => c.Score.Probability)
                // Of equals the built-in model's: it is the one that is measured.
                .ThenByDescending(c => named.GetValueOrDefault(c.Score.Category)).ThenBy(c => c.Order).Take(Shown).Select(c => c.Score),
        ];
    }
}
