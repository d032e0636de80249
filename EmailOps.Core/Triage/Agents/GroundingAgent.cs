using EmailOps.Core.Drafts;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Traces everything in the draft; what cannot be traced keeps it from leaving without a person.</summary>
internal sealed class GroundingAgent(ReplyTemplates templates) : IAgent
{
    public string Name => "grounding";

    public string? SkipReason(TriageContext context) => context.Found.Draft is null ? "There is no draft." : null;

    public string Run(TriageContext context)
    {
        var found = context.Found;
        var passages = found.Questions.Where(q => q.Hits.Count > 0).Select(q => q.Hits[0].Passage).Distinct().ToList();
        var (report, ceilings, signals) = DraftGrounding.Judge(found.Draft!, passages, context.Message, templates);
        found.Ceilings.AddRange(ceilings);
        found.Signals.AddRange(signals);
        return report.IsGrounded ? $"All {report.Sentences.Count} sentences were traced." : $"{report.NotFound.Count()} claims in {report.Sentences.Count} sentences were not found.";
    }
}
