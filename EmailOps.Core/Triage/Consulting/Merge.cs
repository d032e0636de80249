using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// What a model's answers do to the built-in judgement. Pure. They are proposals: hostility, automation, the need for a person and every ceiling stay as
/// the built-in agents found them, and where the model would lead to a more permissive category than theirs, theirs goes on limiting what may happen.
/// </summary>
internal static class Merge
{
    /// <summary>So far the model may move a priority from where words and facts put it.</summary>
    private const int PriorityReach = 2;
    /// <summary>A category that puts mail away unseen is never sure on a model's word alone: below what policy asks for (PolicyRules).</summary>
    private const double UnseenOnItsWord = 0.55;
    private const double WithAFailedStep = 50;
    public const string DraftSignal = "model-draft", CategorySignal = "model-category";

    public static TriageResult Judge(TriageResult built, JudgeAnswer answer, Taxonomy taxonomy, ConsultOptions limits)
    {
        var pool = Fusion.Pool(built.Alternatives, [.. taxonomy.Categories.Select(c => c.Id)], answer.Category, limits.ModelTrust);
        var category = taxonomy[pool[0].Category];
        var confidence = pool[0].Probability;
        List<Ceiling> ceilings = [.. built.Ceilings];
        if (category.Id != built.Category)
        {
            if (category.Autonomy is Autonomy.File or Autonomy.Quarantine) confidence = Math.Min(confidence, UnseenOnItsWord);
            if (taxonomy.Find(built.Category) is { } before && Most(before.Autonomy) > Most(category.Autonomy))
                ceilings.Add(new Ceiling(Most(before.Autonomy), $"The built-in model says {before.Title}, the language model {category.Title}: the stricter of the two limits what may happen."));
        }
        var parts = built.Parts is { } known ? known with { Category = confidence * (0.5 + 0.5 * Math.Min(1, built.Scope / ScopeTest.Limit)) } : null;
        return built with
        {
            Category = category.Id,
            CategoryConfidence = confidence,
            Alternatives = [pool[0] with { Probability = confidence }, .. pool.Skip(1)],
            Priority = Math.Clamp(answer.Priority, Math.Max(1, built.EscalationReason == null ? built.Priority - PriorityReach : built.Priority), Math.Min(10, built.Priority + PriorityReach)),
            Ceilings = ceilings,
            Parts = parts,
            Confidence = parts == null ? built.Confidence : built.Runs.Any(r => r.Model == null && r.Outcome == AgentOutcome.Failed) ? Math.Min(parts.Value, WithAFailedStep) : parts.Value,
            Signals = [.. built.Signals, new Signal(CategorySignal, Math.Round(confidence, 2), string.Create(CultureInfo.InvariantCulture,
                $"The language model chose {(answer.Category is { } chosen ? taxonomy[chosen].Title : "none of the categories")} and priority {answer.Priority}; together with the built-in model: {category.Title}, {confidence * 100:0} %."), answer.Reason.Length > 0 ? answer.Reason : null)],
        };
    }

    public static TriageResult Summary(TriageResult result, string summary) => result with { Summary = summary };

    /// <summary>The model's words in place of the quoted ones. Confidence stays: the passages fit no better for being worded anew.</summary>
    public static TriageResult Draft(TriageResult result, IReadOnlyList<DraftParagraph> paragraphs, IReadOnlyList<PassageHit> passages, ReplyComposer composer, IncomingMessage message, ReplyTemplates templates)
    {
        if (paragraphs.Count == 0)
            return Limit(result, DecisionKind.Suggest, "The language model finds that the passages do not answer what is asked; a person should look at the draft.");
        var cited = paragraphs.SelectMany(p => p.Passages).Distinct().Order().Select(n => passages[n - 1]).ToList();
        var reply = composer.Frame([.. paragraphs.Select(p => p.Text)], [.. cited.Select(c => c.ToCitation())], result.Language, CorrespondentName.For(message.From.Name, message.NewText, message.From.Address));
        var draft = new DraftProposal(reply.Body, reply.Language, reply.Citations);
        // The gate looks at the whole reply as it does at any other; what it found about the draft before stays.
        var (_, ceilings, signals) = DraftGrounding.Judge(draft, [.. cited.Select(c => c.Passage)], message, templates);
        return Limit(result with { Draft = draft, Citations = reply.Citations, Ceilings = [.. result.Ceilings, .. ceilings], Signals = [.. result.Signals, .. signals] },
            DecisionKind.Suggest, "A language model worded the draft, so a person sends it.");
    }

    private static TriageResult Limit(TriageResult result, DecisionKind most, string reason)
        => result with { Ceilings = [.. result.Ceilings, new Ceiling(most, reason)], Signals = [.. result.Signals, new Signal(DraftSignal, -0.2, reason)] };

    /// <summary>The most that may happen to a category's mail, in the order of decisions; what is put away unseen is held when it is not sure enough.</summary>
    private static DecisionKind Most(Autonomy autonomy) => autonomy switch
    {
        Autonomy.SendReply => DecisionKind.SendReply,
        Autonomy.Suggest => DecisionKind.Suggest,
        Autonomy.Escalate => DecisionKind.Escalate,
        _ => DecisionKind.HoldForReview,
    };
}
