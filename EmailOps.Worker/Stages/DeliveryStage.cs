using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Writes the replies of approved drafts into the outbox. Without a transport they are withheld and shown.</summary>
internal sealed class DeliveryStage(DeliveryStore store, ReplyMarkKey key, TimeProvider clock) : IStage
{
    public Stage Stage => Stage.Delivery;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var cases = await store.LoadAsync(items.Select(i => i.SubjectId), cancel);
        var marks = await key.MarksAsync(cancel);
        // A draft that was taken back in the meantime, or is gone, needs nothing: its item just ends.
        var replies = items.Select(i => cases.GetValueOrDefault(i.SubjectId)).OfType<ReplyCase>().Where(c => c.IsApproved).Select(c => Composer.Compose(marks, c, clock.GetUtcNow())).ToArray();
        await store.SaveAsync(items, replies, cancel);
        return [];
    }
}
