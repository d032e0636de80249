using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Learning;
using EmailOps.Core.Policy.Answers;
using EmailOps.Core.Policy.Risk;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Core.Policy;

/// <summary>
/// Decides what happens to a message. Pure: the same result, policy, rules and instant always give the same decision. Everything that
/// speaks against acting alone is a ceiling; the lowest ceiling wins, so that no finding can make a decision more permissive.
/// </summary>
internal static class PolicyRules
{
    /// <summary>Raised when these rules change; the policy's and the category's own versions follow it.</summary>
    public const int Rules = 3;
    /// <summary>Below these a category that would quarantine or file is not sure enough to keep the mail from people. Filing says nothing to anybody, so it takes more.</summary>
    private const double SureOfHostile = 0.6, SureOfAutomated = 0.75;

    /// <param name="category">Rules of <see cref="TriageResult.Category"/>; null when the taxonomy no longer has it, which holds the mail for a person.</param>
    /// <param name="now">Kept for rules that depend on the hour.</param>
    /// <param name="facts">Who is answered and how often already. Needed only where the decision without them is to answer; null holds nothing back, so no answer may leave on it.</param>
    /// <param name="trust">What the receiving server found out about the sender.</param>
    public static Decision Decide(TriageResult result, MailboxPolicy policy, CategoryRules? category, DateTimeOffset now, AnswerFacts? facts = null, SenderTrust trust = SenderTrust.Unchecked)
    {
        _ = now;
        List<string> reasons = [];
        var kind = Settled(result, policy, category, reasons) ?? Weighed(result, policy, category, trust, reasons);
        var version = $"rules-{Rules}/policy-{policy.Version}";
        if (kind != DecisionKind.SendReply || facts is null || AnswerRules.Obstacle(facts) is not { } obstacle) return new Decision(kind, reasons, version);
        return new Decision(DecisionKind.HoldForReview, [obstacle.Reason, .. reasons], version, obstacle.Brake);
    }

    /// <summary>Mail whose fate does not depend on confidence.</summary>
    private static DecisionKind? Settled(TriageResult result, MailboxPolicy policy, CategoryRules? category, List<string> reasons)
    {
        if (result.Hostility >= policy.QuarantineHostility)
        {
            reasons.Add($"Hostility {Percent(result.Hostility)} is at or above the quarantine limit of {Percent(policy.QuarantineHostility)}.");
            reasons.AddRange(result.Signals.Where(s => s.Name.StartsWith("attack-", StringComparison.Ordinal)).OrderByDescending(s => s.Weight).Take(3).Select(s => s.Reason));
            return DecisionKind.Quarantine;
        }
        if (result.IsAutomated)
        {
            reasons.Add("A machine wrote it, so no answer is wanted and none is ever sent.");
            reasons.AddRange(result.Signals.Where(s => s.Name == "automated").Select(s => s.Reason));
            return DecisionKind.File;
        }
        if (category?.Autonomy == Autonomy.Quarantine && result.CategoryConfidence >= SureOfHostile)
        {
            reasons.Add($"{category.Title} ({Percent(result.CategoryConfidence)}): such mail is kept apart and never answered.");
            return DecisionKind.Quarantine;
        }
        if (result.EscalationReason is { } escalation)
        {
            reasons.Add($"A person is needed: {escalation}");
            return DecisionKind.Escalate;
        }
        if (category?.Autonomy == Autonomy.File && result.CategoryConfidence >= SureOfAutomated)
        {
            reasons.Add($"{category.Title} ({Percent(result.CategoryConfidence)}): no answer is wanted.");
            return DecisionKind.File;
        }
        if (category?.Autonomy == Autonomy.Escalate)
        {
            reasons.Add($"{category.Title} always goes to a person.");
            return DecisionKind.Escalate;
        }
        return null;
    }

    private static DecisionKind Weighed(TriageResult result, MailboxPolicy policy, CategoryRules? category, SenderTrust trust, List<string> reasons)
    {
        var band = Band(result, policy, out var bandReason);
        var (ceiling, ceilingReason) = Ceiling(result, policy, category, trust);
        // Order of permission: SendReply, Suggest, HoldForReview, Escalate.
        foreach (var other in result.Ceilings)
            if (other.Most is > DecisionKind.SendReply and <= DecisionKind.Escalate && other.Most > ceiling)
                (ceiling, ceilingReason) = (other.Most, other.Reason);
        if (band >= ceiling)
        {
            reasons.Add(bandReason);
            if (band == ceiling && ceilingReason != null)
                reasons.Add(ceilingReason);
            return band;
        }
        reasons.Add(ceilingReason!);
        reasons.Add(bandReason);
        return ceiling;
    }

    private static DecisionKind Band(TriageResult result, MailboxPolicy policy, out string reason)
    {
        var confidence = result.Confidence;
        var (auto, above, below) = Automatic(policy, policy.RiskOf(result.Category));
        var (kind, text) = confidence >= auto ? (DecisionKind.SendReply, $"at or above {above}")
            : confidence >= policy.SuggestResponse ? (DecisionKind.Suggest, $"at or above the suggestion band of {policy.SuggestResponse:0.#}{below}")
            : confidence >= policy.HumanReview ? (DecisionKind.HoldForReview, $"at or above the review band of {policy.HumanReview:0.#}")
            : (DecisionKind.Escalate, $"below the review band of {policy.HumanReview:0.#}");
        reason = string.Create(CultureInfo.InvariantCulture, $"Confidence {confidence:0.#} is {text}.");
        return kind;
    }

    /// <summary>Where automatic answers begin: the band, or what the outcomes allow under the risk budget; never below the suggestion band.</summary>
    /// <returns>The confidence, what to call it, and what to add where it was not reached.</returns>
    private static (double From, string Above, string Below) Automatic(MailboxPolicy policy, RiskRule? risk) => risk switch
    {
        { State: RiskState.Set, Threshold: { } threshold } when Math.Max(threshold, policy.SuggestResponse) is var from => (from,
            string.Create(CultureInfo.InvariantCulture, $"{from:0.#}, from where at most {risk.MostWrong * 100:0.##} % of automatic answers are wrong as {risk.Outcomes} outcomes show"),
            string.Create(CultureInfo.InvariantCulture, $", and below {from:0.#}, from where the risk budget of {risk.MostWrong * 100:0.##} % allows automatic answers")),
        { State: RiskState.Refused } => (double.PositiveInfinity, "", string.Create(CultureInfo.InvariantCulture, $"; the outcomes contradict the risk budget of {risk.MostWrong * 100:0.##} %, so nothing is answered automatically")),
        _ => (policy.AutoHandle, $"the automatic band of {policy.AutoHandle:0.#}", ""),
    };

    /// <summary>The most that may happen, with the weightiest reason.</summary>
    private static (DecisionKind Kind, string? Reason) Ceiling(TriageResult result, MailboxPolicy policy, CategoryRules? category, SenderTrust trust)
    {
        if (category == null)
            return (DecisionKind.HoldForReview, $"\"{result.Category}\" is not a category of the taxonomy in force.");
        if (result.Hostility >= policy.HoldHostility)
            return (DecisionKind.HoldForReview, $"Hostility {Percent(result.Hostility)} is at or above {Percent(policy.HoldHostility)}, so a person must look first.");
        if (trust == SenderTrust.Failed)
            return (DecisionKind.HoldForReview, "The check of the sender failed: it is probably forged, so a person must look first.");
        if (category.Autonomy is Autonomy.File or Autonomy.Quarantine)
            return (DecisionKind.HoldForReview, $"It may be {category.Title}, but {Percent(result.CategoryConfidence)} is not sure enough to put it away unseen.");
        if (category.Autonomy == Autonomy.Hold)
            return (DecisionKind.HoldForReview, $"{category.Title} always waits for a person.");
        if (result.Draft == null)
            return (DecisionKind.HoldForReview, "There is no draft: no article answers this.");
        if (category.Autonomy == Autonomy.Suggest)
            return (DecisionKind.Suggest, $"{category.Title} is never answered without a person.");
        if (trust == SenderTrust.Unverified)
            return (DecisionKind.Suggest, "Nothing proves who sent this, so nothing is answered without a person.");
        if (policy.AutomationPaused)
            return (DecisionKind.Suggest, "Automatic answers are paused for this mailbox.");
        return (DecisionKind.SendReply, null);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");
}
