using System.Collections.Concurrent;
using EmailOps.Core.Contracts;
using EmailOps.Core.Work;

namespace EmailOps.Worker.Registry;

/// <summary>What the loops of this process hold and have done.</summary>
internal sealed class StageActivity
{
    private readonly ConcurrentDictionary<Stage, Counts> _stages = new();
    private int _loops;
    private long _done, _givenBack;

    private sealed class Counts
    {
        public int InHand;
        public long Done, Failed;
    }

    /// <summary>Mailboxes that this process reads.</summary>
    public int Mailboxes { get; set; }

    /// <summary>Loops of stages that have not ended yet.</summary>
    public int Loops => Volatile.Read(ref _loops);

    /// <summary>Items finished, and items given back unfinished, since the start.</summary>
    public (long Done, long GivenBack) Totals => (Interlocked.Read(ref _done), Interlocked.Read(ref _givenBack));

    public void LoopBegan() => Interlocked.Increment(ref _loops);

    public void LoopEnded() => Interlocked.Decrement(ref _loops);

    public void Taken(Stage stage, int items) => Interlocked.Add(ref Of(stage).InHand, items);

    /// <summary>They are out of this process's hands, however that came.</summary>
    public void LetGo(Stage stage, int items) => Interlocked.Add(ref Of(stage).InHand, -items);

    public void Ended(Stage stage, int done, int failed)
    {
        Interlocked.Add(ref Of(stage).Done, done);
        Interlocked.Add(ref Of(stage).Failed, failed);
        Interlocked.Add(ref _done, done);
    }

    public void GivenBack(int items) => Interlocked.Add(ref _givenBack, items);

    public IReadOnlyList<WorkerStage> View() => [.. _stages.OrderBy(s => s.Key).Select(s => new WorkerStage(s.Key.ToString(), Volatile.Read(ref s.Value.InHand), Interlocked.Read(ref s.Value.Done), Interlocked.Read(ref s.Value.Failed)))];

    private Counts Of(Stage stage) => _stages.GetOrAdd(stage, _ => new Counts());
}
