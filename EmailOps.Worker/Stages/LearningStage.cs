using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Has a mailbox's model learn what people decided; decisions of a moment make one version.</summary>
internal sealed class LearningStage(Learner learner, RiskStore risk) : IStage
{
    public Stage Stage => Stage.Learning;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        foreach (var mailbox in items.GroupBy(i => i.MailboxId))
        {
            // Thresholds first: they ask little, and a doubtful budget should not wait for a training.
            await risk.RecomputeAsync(mailbox.Key, cancel);
            await learner.LearnAsync(mailbox.Key, [.. mailbox], cancel);
        }
        return [];
    }
}
