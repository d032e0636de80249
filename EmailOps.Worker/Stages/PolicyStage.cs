using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Policy;
using EmailOps.Core.Policy.Answers;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Triage;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Decides: load the case, ask the pure rules, save what they ordered.</summary>
internal sealed class PolicyStage(PolicyStore store, TriageSource source, TimeProvider clock) : IStage
{
    public Stage Stage => Stage.Policy;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var cases = await store.LoadAsync(items.Select(i => i.SubjectId), cancel);
        var done = new List<(WorkItem Item, PolicyCase Case, Decision Decision)>(items.Count);
        var failures = new List<WorkFailure>();
        foreach (var item in items)
        {
            if (cases.TryGetValue(item.SubjectId, out var found) && (found.Triage is not null || found.IsUnparsable)) done.Add((item, found, Decide(found)));
            else failures.Add(new WorkFailure(item, "There is no triage result for this message yet."));
        }
        await WeighAnswersAsync(done, cancel);
        foreach (var (item, _, decision) in done) item.Span?.SetTag("emailops.decision", decision.Kind.ToString());
        await store.SaveAsync(done, cancel);
        var now = clock.GetUtcNow();
        EmailOpsTelemetry.Decided(done.Where(d => !d.Case.IsDecided).Select(d => now - d.Case.StoredAt));
        return failures;
    }

    /// <summary>Who is answered, and how often already, is read only for the few messages that would be answered.</summary>
    private async Task WeighAnswersAsync(List<(WorkItem Item, PolicyCase Case, Decision Decision)> done, CancellationToken cancel)
    {
        var facts = await store.FactsAsync([.. done.Where(d => d.Decision.Kind == DecisionKind.SendReply).Select(d => d.Case.MessageId)], cancel);
        for (var i = 0; i < done.Count; i++)
            if (facts.TryGetValue(done[i].Case.MessageId, out var known)) done[i] = (done[i].Item, done[i].Case, Decide(done[i].Case, known));
    }

    private Decision Decide(PolicyCase found, AnswerFacts? facts = null)
    {
        if (found is not { Triage: { } triage, Findings: { } findings })
            return new Decision(DecisionKind.HoldForReview, ["It could not be read as mail; a person should look at the kept bytes."], $"rules-{PolicyRules.Rules}/policy-{found.Policy.Version}");
        // Rules ask whether there is a draft, not what it says.
        var draft = found.DraftId is not null || found.IsAnswered ? new DraftProposal("", triage.Language, findings.Citations) : null;
        return PolicyRules.Decide(triage.Result(findings, draft), found.Policy, source.Taxonomy.Find(triage.Category), clock.GetUtcNow(), facts, found.Trust);
    }
}
