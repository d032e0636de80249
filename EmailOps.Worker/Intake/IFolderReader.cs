using EmailOps.Core.Data;

namespace EmailOps.Worker.Intake;

/// <summary>What people and the schedule ask of a folder, by whatever way it is read.</summary>
internal interface IFolderReader
{
    string Name { get; }

    /// <summary>Why it cannot be read just now; null when it can.</summary>
    string? Problem { get; }

    /// <summary>Fetches mails again that the server did not hand out whole.</summary>
    /// <param name="all">Those of which it gave nothing; else only what people asked for.</param>
    Task FetchAgainAsync(bool all, CancellationToken cancel);

    /// <summary>Compares the server with the ledger and fetches what is missing. What is new since the last look is no gap.</summary>
    /// <returns>Null when the folder cannot be opened.</returns>
    Task<ReconciliationFigures?> ReconcileAsync(Func<ReconciliationFigures, Task> progress, CancellationToken cancel);
}
