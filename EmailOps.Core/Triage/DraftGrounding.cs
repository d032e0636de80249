using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Drafts.Grounding;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Triage;

/// <summary>Checks a draft, whoever or whatever wrote it, and says what follows for the decision.</summary>
internal static class DraftGrounding
{
    public const string Signal = "not-grounded", OtherLanguage = "answer-in-other-language";

    public static GroundingMail MailOf(IncomingMessage message) => new($"{message.Subject}\n{message.NewText}", message.From.Address, message.From.Name);

    /// <param name="passages">Those the draft cites, whole.</param>
    /// <returns>With ceilings that keep a draft from leaving by itself; none for one that is grounded in its own language.</returns>
    public static (GroundingReport Report, IReadOnlyList<Ceiling> Ceilings, IReadOnlyList<Signal> Signals) Judge(DraftProposal draft, IReadOnlyList<Passage> passages, IncomingMessage message, ReplyTemplates templates)
    {
        var report = GroundingGate.Check(draft.Body, draft.Language, passages, MailOf(message), templates);
        List<Ceiling> ceilings = [];
        List<Signal> signals = [];
        if (!report.IsGrounded)
        {
            var first = report.NotFound.FirstOrDefault();
            var count = report.NotFound.Count();
            var reason = first is null ? "The words of the draft cannot be compared with any article, so a person reads it first."
                : $"The draft says {(count == 1 ? "something" : $"{count} things")} that the knowledge base does not, so a person reads it first: {Shown(first)}.";
            ceilings.Add(new Ceiling(DecisionKind.Suggest, reason));
            signals.Add(new Signal(Signal, -0.6, first?.Reason ?? reason, first is null ? null : TriageContext.Clip(first.Text)));
        }
        if (passages.FirstOrDefault(p => p.Article.Language != draft.Language) is { Article.Language: var other })
            ceilings.Add(new Ceiling(DecisionKind.Suggest, $"The answer stands in an article in {other} only; a person must write it in {draft.Language}."));
        return (report, ceilings, signals);
    }

    private static string Shown(UntracedClaim claim) => claim.Text.Length <= 60 ? $"\"{claim.Text}\"" : $"\"{claim.Text.AsSpan(0, 59)}…\"";
}
