using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Agents;

/// <summary>What kind of mail it is: the trained model, in which cues of the taxonomy are features beside the words.</summary>
internal sealed class CategoryAgent(Taxonomy taxonomy, CueMatcher cues, TextModel model) : IAgent
{
    /// <summary>From this hostility the mail is called hostile whatever its words are about.</summary>
    private const double HostileFrom = 0.7;

    public string Name => "category";

    public string? SkipReason(TriageContext context) => null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        if (found.IsAutomated && taxonomy.ForAutomated is { } automated)
            return Settle(found, automated, 0.99, "A machine wrote it.");
        Span<float> probabilities = stackalloc float[model.Labels.Count];
        Predict(context, probabilities);
        if (found.Hostility >= HostileFrom && taxonomy.ForHostile is { } hostile)
        {
            return Settle(found, hostile, found.Hostility, "It looks like an attack.", Best(probabilities, 3));
        }
        found.Alternatives = Best(probabilities, 4);
        (found.Category, found.CategoryConfidence) = (found.Alternatives[0].Category, found.Alternatives[0].Probability);
        Explain(context);
        return string.Join(", then ", found.Alternatives.Take(2).Select(a => $"{taxonomy[a.Category].Title} ({a.Probability:P0})")) + ".";
    }

    private void Predict(TriageContext context, Span<float> probabilities)
    {
        List<CueHit> hits = [];
        cues.Match(context.Stems, context.Found.Language, context.Found.SecondLanguage, context.PhraseHits, hits);
        context.Found.Scope = model.Predict(context.Text, CategorySwitches.Of(hits), probabilities, context.Features);
        if (context.Found.Scope < ScopeTest.Limit)
            context.Found.Signals.Add(new Signal("out-of-scope", Math.Round(1 - context.Found.Scope, 2), string.Create(CultureInfo.InvariantCulture, $"It is probably of none of the known categories: only {context.Found.Scope:0.0 %} of their mail looks less like them."), null));
        foreach (var hit in hits)
            if (!context.Found.Signals.Exists(s => s.Name == CueName(hit)))
            {
                var (first, last) = (context.Text.Tokens[hit.FirstToken], context.Text.Tokens[hit.FirstToken + hit.TokenCount - 1]);
                var words = context.Evidence(first.Start, last.End - first.Start);
                context.Found.Signals.Add(new Signal(CueName(hit), 0.3, $"\"{words}\" points to {taxonomy.Categories[hit.Rule].Title}.", words));
            }
    }

    private string CueName(in CueHit hit) => $"cue-{taxonomy.Categories[hit.Rule].Id}";

    /// <summary>A rule decides; what the model said of the words shares the rest of the probability.</summary>
    private static string Settle(Findings found, CategoryRules category, double confidence, string reason, params IReadOnlyList<CategoryScore> words)
    {
        (found.Category, found.CategoryConfidence) = (category.Id, confidence);
        found.Alternatives = [new CategoryScore(category.Id, confidence), .. words.Where(w => w.Category != category.Id).Select(w => w with { Probability = Math.Round(w.Probability * (1 - confidence), 4) })];
        return $"{category.Title}: {reason}";
    }

    private List<CategoryScore> Best(ReadOnlySpan<float> probabilities, int take)
    {
        List<CategoryScore> all = [];
        for (var i = 0; i < probabilities.Length; i++)
            all.Add(new CategoryScore(model.Labels[i], Math.Round(probabilities[i], 4)));
        all.Sort((a, b) => b.Probability.CompareTo(a.Probability));
        return all.GetRange(0, Math.Min(take, all.Count));
    }

    /// <summary>The words that counted most, as a signal an operator can read.</summary>
    private void Explain(TriageContext context)
    {
        Span<WordContribution> strongest = stackalloc WordContribution[8];
        var label = 0;
        while (model.Labels[label] != context.Found.Category)
            label++;
        var count = model.Explain(context.Text, context.Features, label, strongest);
        if (count == 0)
            return;
        List<string> words = [];
        foreach (var contribution in strongest[..count])
        {
            var token = context.Text.Tokens[contribution.Token];
            if (StopWords.Contains(token.Hash, context.Found.Language))
                continue;
            var word = context.Text.TextOf(token).ToString();
            if (!words.Contains(word, StringComparer.OrdinalIgnoreCase))
                words.Add(word);
        }
        if (words.Count == 0)
            return;
        context.Found.Signals.Add(new Signal("category-words", Math.Round(context.Found.CategoryConfidence, 2), $"The words that speak most for {taxonomy[context.Found.Category].Title}: {string.Join(", ", words)}.", string.Join(", ", words)));
    }
}
