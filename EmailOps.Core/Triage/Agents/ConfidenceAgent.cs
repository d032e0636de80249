using System.Globalization;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;
using EmailOps.Core.Triage.Lessons;

namespace EmailOps.Core.Triage.Agents;

/// <summary>
/// Measures what <see cref="ConfidenceParts"/> weighs.
/// category: calibrated probability, down to half of it for mail that is probably of no known category. grounding: how far the weakest passage used stands above the floor
/// and how much of the question it covers; 0.45 without a draft. covered: share of the questions that a passage answers. language: how sure
/// the language is; 0.45 when the answer stands in another one.
/// </summary>
/// <param name="answers">What people did with drafts of each category.</param>
internal sealed class ConfidenceAgent(IReadOnlyDictionary<string, AnswerRecord> answers) : IAgent
{
    private const double WithoutDraft = 0.45;
    private const double OtherLanguage = 0.45;
    /// <summary>Score above the floor at which grounding is half.</summary>
    private const double HalfScore = 4;

    public string Name => "confidence";

    public string? SkipReason(TriageContext context) => null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        var category = found.CategoryConfidence * (0.5 + 0.5 * Math.Min(1, found.Scope / ScopeTest.Limit));
        var used = found.Draft == null ? [] : found.Questions.Where(q => q.Hits.Count > 0).ToList();
        var grounding = used.Count == 0 ? WithoutDraft : used.Min(q => Grounding(q.Hits[0]));
        var covered = found.Questions.Count == 0 ? 1 : (double)Math.Max(1, used.Count) / found.Questions.Count;
        var language = used.Exists(q => !q.Hits[0].SameLanguage) ? OtherLanguage : Math.Max(OtherLanguage, found.LanguageCertainty);
        found.Parts = new ConfidenceParts(category, grounding, covered, language, found.Hostility, People(found));
        found.Confidence = found.Parts.Value;
        return string.Create(CultureInfo.InvariantCulture, $"{found.Confidence:0.#} from category {category:0.00}, grounding {grounding:0.00}, questions covered {covered:0.00}, language {language:0.00}, hostility {found.Hostility:0.00}.");
    }

    /// <summary>Where people reject or rewrite drafts, the next one is less sure.</summary>
    private double People(Findings found)
    {
        if (found.Draft is null || answers.GetValueOrDefault(found.Category) is not { Factor: < 1 } record) return 1;
        found.Signals.Add(new Contracts.Signal("answers-learned", Math.Round(record.Factor - 1, 2),
            string.Create(CultureInfo.InvariantCulture, $"Of the last {record.Count} drafts of this category people could use {record.Good:0.#}, so the confidence counts {record.Factor:0 %}.")));
        return record.Factor;
    }

    private static double Grounding(PassageHit hit)
    {
        var above = Math.Max(0, hit.Score - KnowledgeIndex.Floor);
        return Math.Sqrt(above / (above + HalfScore) * Math.Clamp(hit.Coverage / 0.5, 0.1, 1));
    }
}
