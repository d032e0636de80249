using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Telemetry;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Opens escalations: by when a person is needed, and who is told.</summary>
internal sealed class EscalationStage(EscalationStore store) : IStage
{
    public Stage Stage => Stage.Escalation;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        EscalationTelemetry.Opened(await store.OpenAsync(items, cancel));
        return [];
    }
}
