using System.Diagnostics;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Tells people: each notification is committed as Sending, told once, and what became of it is written down. Channels go side by side, so that a slow one holds up only its own.</summary>
internal sealed class NotifyStage(NotificationStore notifications, ChannelDesk desk) : IStage
{
    public Stage Stage => Stage.Notify;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var failures = await Task.WhenAll(items.Select(OneAsync));
        return [.. failures.OfType<WorkFailure>()];
    }

    private async Task<WorkFailure?> OneAsync(WorkItem item)
    {
        if (item.Span is { } span) Activity.Current = span;
        // Not cancellable, and neither is the result: a call whose result nobody wrote down would end as unknown. Every call is bounded in time.
        try
        {
            if (await notifications.BeginAsync(item, desk.DropsDoubles, CancellationToken.None) is { } telling) await desk.TellAsync(telling, CancellationToken.None);
            return null;
        }
        catch (Exception failure) when (!StoreFailures.IsUnreachable(failure) && failure is not LeaseLostException)
        {
            // The others of the batch are told all the same; this one is tried again, and ends where people see it.
            return new WorkFailure(item, $"{failure.GetType().Name}: {failure.Message}");
        }
    }
}
