namespace EmailOps.Core.Contracts;

/// <summary>A process that does work, as it told of itself last. One that says nothing for <c>Work:WorkerLease</c> is gone, and what it held is free.</summary>
/// <param name="Id">Made at its start.</param>
/// <param name="ProcessId">On its host.</param>
/// <param name="Since">When it started, by the database's clock.</param>
/// <param name="HeardAt">Its last heartbeat, by the database's clock.</param>
/// <param name="IsDraining">It was told to stop: it claims nothing more, and finishes or gives back what it holds.</param>
/// <param name="Mailboxes">How many it reads.</param>
/// <param name="Stages">Those in which it did something since its start.</param>
public sealed record WorkerView(Guid Id, string Host, int ProcessId, string Version, DateTimeOffset Since, DateTimeOffset HeardAt, bool IsDraining, int Mailboxes, IReadOnlyList<WorkerStage> Stages);

/// <param name="InHand">Items it holds.</param>
/// <param name="Done">Items finished since its start.</param>
/// <param name="Failed">Attempts that failed since its start.</param>
public sealed record WorkerStage(string Stage, int InHand, long Done, long Failed);
