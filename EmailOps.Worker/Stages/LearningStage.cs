using EmailOps.Core.Data.Labels;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Has a mailbox's model learn what people decided; decisions of a moment make one version.</summary>
internal sealed class LearningStage(Learner learner, LabelLearner labels, RiskStore risk) : IStage
{
    public Stage Stage => Stage.Learning;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        foreach (var mailbox in items.GroupBy(i => i.MailboxId))
        {
            // Thresholds first: they ask little, and a doubtful budget should not wait for a training.
            await risk.RecomputeAsync(mailbox.Key, cancel);
            // Before the items end with what is learned of categories: ended in between, they are done again, and labels then have nothing left to learn.
            await labels.LearnAsync(mailbox.Key, cancel);
            await learner.LearnAsync(mailbox.Key, [.. mailbox], cancel);
        }
        return [];
    }
}
