using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Proposes a reply from what the knowledge search found. No article above the floor, no draft.</summary>
internal sealed class DraftAgent(ReplyTemplates templates) : IAgent
{
    /// <summary>From here a mail is not answered from articles: somebody must look at it first.</summary>
    private const double HostileFrom = 0.7;

    private readonly ReplyComposer _composer = new(templates);

    public string Name => "draft";

    public string? SkipReason(TriageContext context)
        => context.Found.IsAutomated ? "A machine wrote it; no answer is wanted."
            : context.Found.Hostility >= HostileFrom ? "It looks like an attack; attacks are not answered."
            : context.Found.Questions.All(q => q.Hits.Count == 0) ? "No article answers this, and nothing is invented." : null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        Answer[] answers = [.. found.Questions.Where(q => q.Hits.Count > 0).Select(q => new Answer(q.Text, q.Hits[0]))];
        var reply = _composer.Compose(answers, found.Language, CorrespondentName.For(context.Message.From.Name, context.Message.NewText, context.Message.From.Address));
        found.Draft = new DraftProposal(reply.Body, reply.Language, reply.Citations);
        var open = found.Questions.Where(q => q.Hits.Count == 0).ToList();
        foreach (var question in open)
            found.Signals.Add(new Signal("question-open", -0.5, "No article answers one of the questions.", TriageContext.Clip(question.Text)));
        if (answers.Any(a => !a.Hit.SameLanguage))
            found.Signals.Add(new Signal("answer-in-other-language", -0.4, $"The answer stands in an article in {answers.First(a => !a.Hit.SameLanguage).Hit.Passage.Article.Language}; there is none in {found.Language}."));
        return $"{reply.Citations.Count} passage{(reply.Citations.Count == 1 ? "" : "s")} quoted{(open.Count > 0 ? $", {open.Count} question{(open.Count == 1 ? "" : "s")} left open" : "")}.";
    }
}
