using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Triage;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Judges messages: load, run the agents, save.</summary>
internal sealed class TriageStage(TriageStore store, TriageSource source, TimeProvider clock) : IStage
{
    public Stage Stage => Stage.Triage;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var messages = await store.LoadAsync(items.Select(i => i.SubjectId), cancel);
        var done = new List<(WorkItem, IncomingMessage, TriageResult)>(items.Count);
        var failures = new List<WorkFailure>();
        foreach (var item in items)
        {
            if (!messages.TryGetValue(item.SubjectId, out var message))
            {
                failures.Add(new WorkFailure(item, "The message is no longer stored."));
                continue;
            }
            var pipeline = await source.PipelineAsync(message.MailboxId, cancel);
            var began = clock.GetTimestamp();
            done.Add((item, message, pipeline.Run(message)));
            EmailOpsTelemetry.Triaged(clock.GetElapsedTime(began));
        }
        await store.SaveAsync(done, cancel);
        return failures;
    }
}
