using EmailOps.Core.Work;

namespace EmailOps.Worker.Stages;

/// <summary>A stage loads, calls one thing, saves, and names what is next. It never loops, sleeps or retries: <see cref="StageLoop"/> does.</summary>
internal interface IStage
{
    Stage Stage { get; }

    /// <summary>Does a claimed batch. Items it saved are done; items it could not do come back as failures. Throwing means that nothing was saved.</summary>
    Task<IReadOnlyList<WorkFailure>> RunAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel);
}
