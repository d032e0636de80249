using EmailOps.Core.Data;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>Acts on reports about our replies: what did not arrive goes back to a person.</summary>
internal sealed class BounceStage(OutboxBounces bounces) : IStage
{
    public Stage Stage => Stage.Bounce;

    public async Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        await bounces.SaveAsync(items, cancel);
        return [];
    }
}
