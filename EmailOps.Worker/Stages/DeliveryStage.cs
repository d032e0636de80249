using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Messages;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Turns approved drafts into outbox rows. Without a transport they are withheld and shown.</summary>
internal sealed class DeliveryStage(DeliveryStore store, ReplyMarkKey key) : IStage
{
    public Stage Stage => Stage.Delivery;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var cases = await store.LoadAsync(items.Select(i => i.SubjectId), cancel);
        var marks = await key.MarksAsync(cancel);
        // A draft that was taken back in the meantime, or is gone, needs nothing: its item just ends.
        var replies = items.Select(i => cases.GetValueOrDefault(i.SubjectId)).OfType<DeliveryCase>().Where(c => c.IsApproved).Select(c => (Compose(marks, c), c.Version)).ToArray();
        await store.SaveAsync(items, replies, cancel);
        return [];
    }

    private static OutboundMessage Compose(ReplyMarks marks, DeliveryCase c)
        => Composer.Compose(marks, c.DraftId, c.MessageId, c.MailboxId, c.MailboxAddress, c.Body, c.Subject, c.FromAddress, Sql.FromJson<Recipients>(c.RecipientsJson).ReplyTo);
}
