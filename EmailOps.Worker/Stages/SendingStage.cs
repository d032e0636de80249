using System.Diagnostics;
using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using EmailOps.Worker.Delivery;

namespace EmailOps.Worker.Stages;

/// <summary>
/// Gives replies to their servers: each is committed as Sending, handed over once, and what became of it is written down. Mailboxes go side by side, so
/// that a slow server holds up only its own.
/// </summary>
internal sealed class SendingStage(OutboxStore outbox, ResultKeeper results, LookUp lookUp, WayOut wayOut, SendingOwner owner, DeliveryOptions options,
    IHostApplicationLifetime life, TimeProvider clock, ILogger<SendingStage> log) : IStage
{
    public Stage Stage => Stage.Sending;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        await Task.WhenAll(items.GroupBy(i => i.MailboxId).Select(mailbox => SendAsync(mailbox.Key, [.. mailbox], cancel)));
        return [];
    }

    private async Task SendAsync(long mailboxId, List<WorkItem> items, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        await using var server = await wayOut.OpenAsync(mailboxId, cancel);
        for (var i = 0; i < items.Count; i++)
        {
            if (life.ApplicationStopping.IsCancellationRequested || clock.GetElapsedTime(began) > options.BatchTime)
            {
                await outbox.GiveBackAsync(items[i..], TimeSpan.Zero, CancellationToken.None);
                return;
            }
            await SendAsync(server, items[i], cancel);
        }
    }

    private async Task SendAsync(IOutgoing server, WorkItem item, CancellationToken cancel)
    {
        if (item.Span is { } span) Activity.Current = span; // what is done for this reply stands in its message's trace
        using var held = owner.Hold(item.SubjectId);
        // Not cancellable, and neither is the result: a reply whose Sending was committed unheard, or whose result nobody wrote down, would end as unknown.
        var turn = await outbox.BeginAsync(item, owner.Id, CancellationToken.None);
        if (turn is { Kind: TurnKind.LookUp, Reply: { } lost }) await lookUp.RunAsync(lost, turn, cancel);
        if (turn is not { Kind: TurnKind.Send, Reply: { } reply }) return;
        var outcome = await server.SendAsync(reply, life.ApplicationStopping);
        item.Span?.SetTag("emailops.send.result", outcome.Result.ToString());
        DeliveryLog.Attempted(log, reply.Id, reply.MailboxId, reply.Attempt, outcome.Result);
        await results.KeepAsync(reply, outcome, CancellationToken.None);
    }
}
