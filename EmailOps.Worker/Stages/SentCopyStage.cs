using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Work;
using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Worker.Delivery;

namespace EmailOps.Worker.Stages;

/// <summary>Puts a copy of what was sent into the Sent folder, where people look for it. Whatever happens here, the reply is sent.</summary>
internal sealed class SentCopyStage(OutboxCopies copies, MailboxAccess access, TimeProvider clock, ILogger<SentCopyStage> log) : IStage
{
    public Stage Stage => Stage.SentCopy;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var due = (await copies.LoadAsync(items.Select(i => i.SubjectId), cancel)).ToDictionary(c => c.Id);
        foreach (var item in items.Where(i => !due.ContainsKey(i.SubjectId))) await copies.EndAsync(item, cancel);
        foreach (var mailbox in items.Where(i => due.ContainsKey(i.SubjectId)).GroupBy(i => i.MailboxId))
            await CopyAsync(mailbox.Key, new Queue<(WorkItem, SentCopy)>(mailbox.Select(i => (i, due[i.SubjectId]))), cancel);
        return [];
    }

    private async Task CopyAsync(long mailboxId, Queue<(WorkItem Item, SentCopy Copy)> waiting, CancellationToken cancel)
    {
        try
        {
            if (await access.OpenAsync(mailboxId, cancel) is not { Settings.Imap: { } imap } mailbox || !mailbox.Settings.KeepsCopies())
            {
                while (waiting.TryDequeue(out var none)) await copies.NotDueAsync(none.Item, cancel);
                return;
            }
            await using var folder = await SentFolder.OpenAsync(mailbox, imap, clock, cancel);
            while (waiting.TryPeek(out var next))
            {
                await folder.KeepAsync(next.Copy.InternetMessageId, next.Copy.Raw, next.Copy.SentAt, cancel);
                await copies.DoneAsync(next.Item, cancel);
                waiting.Dequeue();
            }
        }
        catch (Exception failure) when (failure is MailConnectionException or ImapCommandException or SecretsKeyException)
        {
            DeliveryLog.NoCopyYet(log, mailboxId, failure.Message);
            while (waiting.TryDequeue(out var left)) await copies.LaterAsync(left.Item, left.Copy, failure.Message, cancel);
        }
    }
}
