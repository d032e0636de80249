using System.Diagnostics;
using EmailOps.Core.Work;

namespace EmailOps.Core.Telemetry;

/// <summary>
/// One trace for each message, from intake to the sent reply, across processes and days: its beginning is stored (W3C trace context), and every step
/// becomes a child of it. Work is done in batches, which have traces of their own; batch and step are linked. Nothing of this costs anything while nobody
/// listens, and a message that the sampler left out stays out.
/// </summary>
internal static class MessageTrace
{
    /// <summary>Starts the trace of a message that is being stored; null when nobody listens.</summary>
    public static Activity? Begin()
    {
        if (!EmailOpsTelemetry.Source.HasListeners()) return null;
        // A root of its own: the mails of one fetch or one upload are different matters.
        var around = Activity.Current;
        Activity.Current = null;
        var root = EmailOpsTelemetry.Source.StartActivity("intake", ActivityKind.Consumer, default(ActivityContext), links: around is null ? null : [new ActivityLink(around.Context)]);
        Activity.Current = around;
        return root;
    }

    /// <summary>What is stored of it; null when it is not recorded.</summary>
    public static string? Parent(Activity? root) => root is { Recorded: true } ? root.Id : null;

    /// <summary>Takes back spans of mails that were not stored after all.</summary>
    public static void Discard(Activity? span)
    {
        if (span is null) return;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        span.Dispose();
    }

    /// <summary>The batch that a stage does: a trace of its own.</summary>
    public static Activity? Batch(string stage, int items)
    {
        var batch = EmailOpsTelemetry.Source.StartActivity($"{stage} batch", ActivityKind.Internal);
        return batch?.SetTag("emailops.stage", stage).SetTag("emailops.items", items);
    }

    /// <summary>The same items, each with its step in its message's trace. While a batch of one is done, that step is the current span.</summary>
    public static IReadOnlyList<WorkItem> Step(string stage, IReadOnlyList<WorkItem> items)
    {
        if (!EmailOpsTelemetry.Source.HasListeners() || items.All(i => i.TraceParent is null)) return items;
        var batch = Activity.Current;
        var steps = items.Select(item => item.TraceParent is null ? item : item with { Span = Start(stage, item, batch) }).ToArray();
        Activity.Current = steps is [{ Span: { } only }] ? only : batch;
        return steps;
    }

    private static Activity? Start(string stage, WorkItem item, Activity? batch)
    {
        if (!ActivityContext.TryParse(item.TraceParent, null, isRemote: true, out var parent)) return null;
        var span = EmailOpsTelemetry.Source.StartActivity(stage, ActivityKind.Consumer, parent, links: batch is null ? null : [new ActivityLink(batch.Context)]);
        return span?.SetTag("emailops.stage", stage).SetTag("emailops.subject.id", item.SubjectId).SetTag("emailops.mailbox.id", item.MailboxId).SetTag("emailops.attempt", item.Attempt);
    }

    /// <summary>Ends the steps; those that failed say so.</summary>
    public static void End(IReadOnlyList<WorkItem> items, IReadOnlyList<WorkFailure> failures)
    {
        foreach (var failure in failures)
            failure.Item.Span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.Error.AsSpan(0, Math.Max(0, failure.Error.IndexOf(':', StringComparison.Ordinal))).ToString() is { Length: > 0 } kind ? kind : "item_failed");
        foreach (var item in items) item.Span?.Dispose();
    }

    /// <summary>Shows the message's trace in that of the request which acts on it.</summary>
    public static void Link(string? traceParent)
    {
        if (Activity.Current is { } request && ActivityContext.TryParse(traceParent, null, isRemote: true, out var message)) request.AddLink(new ActivityLink(message));
    }

    /// <summary>The request of a person that queues work now: its trace, when the message has none.</summary>
    public static string? Request
    {
        get
        {
            for (var span = Activity.Current; span is not null; span = span.Parent)
                if (span.Kind == ActivityKind.Server) return span.Recorded ? span.Id : null;
            return null;
        }
    }
}
