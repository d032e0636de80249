using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Messages;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Judges messages: load, run the agents, save.</summary>
internal sealed class TriageStage(TriageStore store, TriageSource source, ConsultDesk desk, TimeProvider clock) : IStage
{
    public Stage Stage => Stage.Triage;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var messages = await store.LoadAsync(items.Select(i => i.SubjectId), cancel);
        var done = new List<(WorkItem, IncomingMessage, TriageResult)>(items.Count);
        var failures = new List<WorkFailure>();
        var policies = desk.HasModel ? await desk.PoliciesAsync(cancel) : null;
        var routes = new Dictionary<long, ConsultRoute>();
        foreach (var item in items)
        {
            if (!messages.TryGetValue(item.SubjectId, out var message))
            {
                failures.Add(new WorkFailure(item, "The message is no longer stored."));
                continue;
            }
            var pipeline = await source.PipelineAsync(message.MailboxId, cancel);
            var began = clock.GetTimestamp();
            var result = pipeline.Run(message);
            EmailOpsTelemetry.Triaged(clock.GetElapsedTime(began));
            if (policies != null) result = Route(message, result, policies(message.MailboxId), routes);
            item.Span?.SetTag("emailops.category", result.Category).SetTag("emailops.priority", result.Priority);
            done.Add((item, message, result));
        }
        await store.SaveAsync(done, cancel, routes);
        EmailOpsTelemetry.Consultation("not-needed", done.Count - routes.Count);
        EmailOpsTelemetry.Consultation("asked", routes.Values.Count(r => r.Next == Stage.Consult));
        EmailOpsTelemetry.Consultation("degraded", routes.Values.Count(r => r.Missed != null));
        return failures;
    }

    /// <summary>The language model is asked in a stage of its own, which nothing here waits for; where nobody would answer, the message goes on at once and is judged again later.</summary>
    private TriageResult Route(IncomingMessage message, TriageResult result, ModelPolicy policy, Dictionary<long, ConsultRoute> routes)
    {
        if (!desk.Plan(result, message, policy).Wants) return result;
        if (desk.Obstacle is not { } obstacle)
        {
            routes[message.Id] = new ConsultRoute(Stage.Consult);
            return result;
        }
        routes[message.Id] = new ConsultRoute(Stage.Policy, obstacle);
        return ConsultDesk.Missed(result, obstacle);
    }
}
