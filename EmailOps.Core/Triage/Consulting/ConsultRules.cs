using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// Whether the language model pays for a message, question by question. Pure: the same judgement, mail and settings always give the same plan, so
/// that a worker that takes over asks what its predecessor would have asked.
/// </summary>
internal static class ConsultRules
{
    /// <param name="result">What the built-in model said.</param>
    /// <param name="category">Rules of its category; null when the taxonomy no longer has it.</param>
    public static ConsultPlan Plan(TriageResult result, IncomingMessage message, CategoryRules? category, ModelUse use, ConsultOptions limits)
    {
        if (Obstacle(result, message, use, limits) is { } obstacle)
            return new ConsultPlan(ConsultQuestions.None, obstacle);
        List<string> reasons = [];
        var questions = ConsultQuestions.None;
        if (JudgeReason(result, use, limits) is { } judge)
        {
            questions |= ConsultQuestions.Judge;
            reasons.Add(judge);
        }
        if (DraftReason(result, category, limits) is { } draft)
        {
            questions |= ConsultQuestions.Draft;
            reasons.Add(draft);
        }
        if (SummaryReason(message, limits) is { } summary)
        {
            questions |= ConsultQuestions.Summary;
            reasons.Add(summary);
        }
        return new ConsultPlan(questions, reasons.Count == 0 ? "The built-in model is sure enough." : string.Join(' ', reasons));
    }

    /// <summary>Why nothing may be asked at all.</summary>
    private static string? Obstacle(TriageResult result, IncomingMessage message, ModelUse use, ConsultOptions limits)
        => use == ModelUse.Never ? "This mailbox asks no language model."
            : result.IsAutomated ? "A machine wrote it; nothing is asked about such mail."
            : result.Hostility >= limits.MostHostility ? "It looks like an attack; such mail is never shown to a language model."
            : message.NewText.Length > limits.MaxCharacters ? string.Create(CultureInfo.InvariantCulture, $"It has {message.NewText.Length} characters; mail over {limits.MaxCharacters} is not sent to a language model.")
            : string.IsNullOrWhiteSpace(message.NewText) && string.IsNullOrWhiteSpace(message.Subject) ? "There are no words." : null;

    private static string? JudgeReason(TriageResult result, ModelUse use, ConsultOptions limits)
        => result.Scope < ScopeTest.Limit ? "It is probably of none of the known categories."
            : result.CategoryConfidence < limits.UnsureBelow ? string.Create(CultureInfo.InvariantCulture, $"The category is only {result.CategoryConfidence * 100:0} % sure.")
            : use == ModelUse.Always ? "The mailbox always asks for the category." : null;

    /// <summary>
    /// Without a passage there is nothing to write from, and a category that waits for a person promotes no draft. A draft that quotes fitting passages is never
    /// replaced, not even where the mailbox always asks: it is the one that may leave without a person.
    /// </summary>
    private static string? DraftReason(TriageResult result, CategoryRules? category, ConsultOptions limits)
    {
        if (category?.Autonomy is not (Autonomy.SendReply or Autonomy.Suggest) || result.EscalationReason != null || result.Questions.All(q => q.Hits.Count == 0))
            return null;
        return result.Draft == null ? "There are passages but no draft."
            : result.Parts is { } parts && parts.Grounding < limits.WeakGrounding ? string.Create(CultureInfo.InvariantCulture, $"The passages fit only weakly ({parts.Grounding * 100:0} %).")
            : result.Questions.Any(q => q.Hits.Count == 0) ? "The draft leaves a question open."
            : result.Questions.Any(q => q.Hits.Count > 0 && !q.Hits[0].SameLanguage) ? "The answer stands in another language." : null;
    }

    private static string? SummaryReason(IncomingMessage message, ConsultOptions limits)
        => message.ThreadPosition >= limits.LongThread ? $"{message.ThreadPosition} messages of the thread came before it."
            : message.NewText.Length >= limits.LongText ? "It is long." : null;
}
