using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Checks;

/// <summary>Workers and their queue: is anybody there, does anything wait too long, did anything run out of attempts.</summary>
internal sealed class WorkCheck(ProcessFigures figures) : ILocalCheck
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TooOld = TimeSpan.FromHours(1);

    public string Area => "work";

    public bool NeedsDatabase => true;

    public async Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel)
    {
        var status = await figures.StatusAsync(cancel);
        List<CheckView> found = [Workers(status.Workers), Queue(status), DeadLetters(status.DeadLetters)];
        if (status.Operations.Draining is { } drain)
            found.Add(this.Warning("drain", $"Workers claim nothing, by order of {drain.By} since {drain.At:yyyy-MM-dd HH:mm} UTC.", "When that is over: emailops workers resume"));
        if (status.Operations.Paused is { } pause)
            found.Add(this.Warning("pause", $"Automatic answers are held, by order of {pause.By} since {pause.At:yyyy-MM-dd HH:mm} UTC; {status.Operations.HeldAnswers:N0} wait.", "When that is over: emailops automation resume"));
        return found;
    }

    private CheckView Workers(IReadOnlyList<WorkerView> workers)
    {
        if (workers.Count == 0) return this.Failed("workers", "No worker runs: mail is neither read nor judged.", "Start one: ./run.sh, or the worker's container. emailops status shows it when it is there.");
        var versions = workers.Select(w => w.Version).Distinct().ToList();
        var told = $"{workers.Count} {(workers.Count == 1 ? "worker runs" : "workers run")}: {string.Join(", ", workers.Take(5).Select(w => $"{w.Host}/{w.ProcessId}"))}{(workers.Count > 5 ? ", ..." : "")}.";
        return versions.Count > 1
            ? this.Warning("workers", $"{told} They are of versions {string.Join(" and ", versions)}.", "Finish the update: restart the older ones.")
            : this.Ok("workers", told);
    }

    private CheckView Queue(ProcessStatus status)
    {
        var oldest = TimeSpan.FromSeconds(status.Stages.Max(s => s.OldestReadySeconds) ?? 0);
        var worst = status.Stages.MaxBy(s => s.OldestReadySeconds ?? 0)!.Stage;
        var told = $"{status.CurrentQueueSize:N0} items in the queue{(oldest > TimeSpan.Zero ? $", the oldest ready one ({worst}) for {oldest.TotalSeconds:N0} s" : "")}.";
        const string Fix = "See who works (emailops status), give it more workers (WORKERS, MAX_WORKERS, or more worker processes), or look into the log for the stage's failures.";
        return oldest > TooOld ? this.Failed("queue", told, Fix) : oldest > Old ? this.Warning("queue", told, Fix) : this.Ok("queue", told);
    }

    private CheckView DeadLetters(long count) => count == 0
        ? this.Ok("dead letters", "No item ran out of attempts.")
        : this.Warning("dead letters", $"{count:N0} items ran out of attempts.", "The console lists them under Problems, with the error and a retry button.");
}
