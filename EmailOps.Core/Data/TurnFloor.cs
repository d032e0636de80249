using System.Collections.Concurrent;
using EmailOps.Core.Work;

namespace EmailOps.Core.Data;

/// <summary>
/// Where a claim may begin to look while there is more to do than it takes. Finished items leave dead entries at the front of the index, and while a long
/// transaction runs (a backup) nothing sweeps them away: a claim that passed them all each time would slow down with every item done. What came in
/// below the floor, or was taken over from a dead worker, is seen by the next look from the front, one in a few.
/// </summary>
internal sealed class TurnFloor
{
    private const int LooksFromFloor = 16;
    private readonly ConcurrentDictionary<Stage, (long Turn, int Looks)> _floors = new();

    public long Of(Stage stage) => _floors.TryGetValue(stage, out var floor) ? floor.Turn : 0;

    /// <param name="turn">The lowest that was claimed; null when the claim was not filled, so that the next looks at everything.</param>
    public void Claimed(Stage stage, long? turn)
        => _floors.AddOrUpdate(stage, _ => (turn ?? 0, 1), (_, before) => turn is { } lowest && before.Looks < LooksFromFloor ? (lowest, before.Looks + 1) : (0, 0));
}
