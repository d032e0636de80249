using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;

namespace EmailOps.Core.Triage;

/// <summary>
/// The agents in order. Immutable and thread-safe: new knowledge or a new model makes a new pipeline. A message is always judged: an
/// agent that fails is recorded with its reason and triage goes on with what the others found.
/// </summary>
internal sealed class TriagePipeline(IReadOnlyList<IAgent> agents, string modelVersion, TimeProvider clock)
{
    private readonly ConcurrentBag<TriageContext> _contexts = [];

    public IReadOnlyList<IAgent> Agents { get; } = agents;
    public string ModelVersion { get; } = modelVersion;

    public TriageResult Run(IncomingMessage message)
    {
        if (!_contexts.TryTake(out var context))
            context = new TriageContext();
        var started = clock.GetTimestamp();
        context.Begin(message);
        var runs = new List<AgentRun>(Agents.Count);
        var failed = false;
        foreach (var agent in Agents)
        {
            var from = clock.GetTimestamp();
            var (outcome, detail) = RunOne(agent, context);
            failed |= outcome == AgentOutcome.Failed;
            runs.Add(new AgentRun(agent.Name, Microseconds(started, from), Microseconds(from, clock.GetTimestamp()), outcome, detail));
        }
        var result = Result(context.Found, runs, failed);
        _contexts.Add(context);
        return result;
    }

    private static (AgentOutcome Outcome, string Detail) RunOne(IAgent agent, TriageContext context)
    {
        try
        {
            return agent.SkipReason(context) is { } reason ? (AgentOutcome.Skipped, reason) : (AgentOutcome.Ran, agent.Run(context));
        }
#pragma warning disable CA1031 // One agent's fault on hostile input must not cost the message; it is recorded, shown and counted.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return (AgentOutcome.Failed, $"{e.GetType().Name}: {e.Message}");
        }
    }

    private TriageResult Result(Findings found, List<AgentRun> runs, bool failed)
    {
        if (failed)
        {
            // With a step missing nobody knows what it would have said: never more than a look by a person.
            found.Confidence = Math.Min(found.Confidence, 50);
            found.Signals.Add(new Signal("agent-failed", -1, $"A step of triage failed ({string.Join(", ", runs.Where(r => r.Outcome == AgentOutcome.Failed).Select(r => r.Agent))}); a person should look."));
        }
        return new TriageResult
        {
            Category = found.Category,
            CategoryConfidence = found.CategoryConfidence,
            Alternatives = found.Alternatives,
            Priority = found.Priority,
            Language = found.Language,
            Summary = found.Summary,
            Confidence = found.Confidence,
            Hostility = found.Hostility,
            IsAutomated = found.IsAutomated,
            EscalationReason = found.EscalationReason,
            Signals = found.Signals,
            Entities = found.Entities,
            Citations = found.Draft?.Citations ?? [.. found.Questions.SelectMany(q => q.Hits.Take(1)).Select(h => h.ToCitation())],
            Draft = found.Draft,
            Ceilings = found.Ceilings,
            Runs = runs,
            ModelVersion = ModelVersion,
            Scope = found.Scope,
            Questions = found.Questions,
            Parts = found.Parts,
            Labels = found.Labels,
        };
    }

    private long Microseconds(long from, long to) => (long)clock.GetElapsedTime(from, to).TotalMicroseconds;
}
