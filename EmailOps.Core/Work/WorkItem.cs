namespace EmailOps.Core.Work;

/// <summary>The stages a work item can wait for. Numbers are stored.</summary>
internal enum Stage : short
{
    Triage = 1,
    Policy = 2,
    Delivery = 3,
    /// <summary>A report about a reply of ours came in.</summary>
    Bounce = 4,
    /// <summary>A reply goes to the server.</summary>
    Sending = 5,
    /// <summary>A copy of a sent reply goes into the Sent folder.</summary>
    SentCopy = 6,
    /// <summary>A language model is asked about a message, before policy.</summary>
    Consult = 7,
    /// <summary>A message needs a person: an escalation is opened.</summary>
    Escalation = 8,
    /// <summary>Somebody is told about an escalation.</summary>
    Notify = 9,
    /// <summary>A mailbox's model learns what people decided.</summary>
    Learning = 10,
}

/// <summary>One thing to do, as claimed: the lease says who may finish it.</summary>
/// <param name="SubjectId">A message id for Triage, Consult, Policy, Bounce, Escalation and Learning (0: to be trained anew), a draft id for Delivery, an outbox row for Sending and SentCopy, a notification for Notify.</param>
/// <param name="Attempt">1 the first time.</param>
/// <param name="TraceParent">Where the trace of its message began; null when there is none.</param>
/// <param name="ThreadId">As in <see cref="NewWork"/>.</param>
internal sealed record WorkItem(long Id, Stage Stage, long SubjectId, long MailboxId, short Priority, int Attempt, Guid Lease, string? TraceParent, long? ThreadId = null)
{
    /// <summary>This step in that trace, while it is being done and somebody listens.</summary>
    public System.Diagnostics.Activity? Span { get; init; }
}

/// <summary>One thing to be queued.</summary>
/// <param name="Delay">How long it must wait first (a hold), by the database's clock.</param>
/// <param name="ThreadId">Two items of a stage with the same one are never in the hands of two workers; the one whose turn is first is done first. Null: order does not matter.</param>
internal sealed record NewWork(Stage Stage, long SubjectId, long MailboxId, short Priority = NewWork.NormalPriority, TimeSpan Delay = default, long? ThreadId = null)
{
    public const short NormalPriority = 5;

    /// <summary>The message's trace: of the item this follows from, or as stored. Null: that of the person's request, if there is one.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>How one claimed item ended.</summary>
internal readonly record struct WorkFailure(WorkItem Item, string Error);

/// <summary>Limits of the queue; bound to the section <c>Work</c>.</summary>
internal sealed class WorkOptions
{
    public const string Section = "Work";

    /// <summary>Items claimed and committed together. Larger is faster, smaller loses less work when a worker dies.</summary>
    public int BatchSize { get; set; } = 200;
    /// <summary>How long a claimed batch belongs to its worker at most; one that hangs loses it after this. Those that die are noticed by <see cref="WorkerLease"/>.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);
    /// <summary>How long a worker process may say nothing before the others take it for dead and take over what it holds. It says something four times in this time.</summary>
    public TimeSpan WorkerLease { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>What a process that is told to stop gets to finish what it holds; the rest is given back. Keep it below what the supervisor waits before it kills (Kubernetes 30 s, compose 10 s unless set).</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(15);
    /// <summary>How long a claimed batch should take: a slow stage claims little at once, so that other workers have their share and an urgent item waits for little.</summary>
    public TimeSpan BatchTime { get; set; } = TimeSpan.FromSeconds(1);
    /// <summary>Attempts before an item becomes a dead letter.</summary>
    public int MaxAttempts { get; set; } = 5;
    /// <summary>First pause after a failure; doubled each time, with jitter, up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(5);
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(15);
    /// <summary>Longest sleep between looks at the queue when no wake-up comes.</summary>
    public TimeSpan PollFloor { get; set; } = TimeSpan.FromSeconds(5);
    /// <summary>Loops a stage runs side by side in one process (WORKERS); capped by <see cref="MaxConcurrency"/> and the number of processors.</summary>
    public int Concurrency { get; set; } = Environment.ProcessorCount;
    /// <summary>Cap on <see cref="Concurrency"/> (MAX_WORKERS): beyond eight, loops wait for PostgreSQL rather than work.</summary>
    public int MaxConcurrency { get; set; } = 8;
    /// <summary>False runs one loop a stage (PARALLEL_PROCESSING).</summary>
    public bool Parallel { get; set; } = true;

    /// <summary>Loops of a stage whose work is waiting for others, not computing; null: as many as there are processors for.</summary>
    public int? FixedLoops { get; init; }

    public int Loops => FixedLoops ?? Computing;

    private int Computing => Parallel ? Math.Min(Concurrency, Math.Min(MaxConcurrency, Environment.ProcessorCount)) : 1;

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { BatchSize: < 1 or > 5000 } => $"{Section}:BatchSize (BATCH_SIZE) is {BatchSize}; set it between 1 and 5000.",
        { Concurrency: < 1 or > 64 } => $"{Section}:Concurrency (WORKERS) is {Concurrency}; set it between 1 and 64.",
        { MaxConcurrency: < 1 or > 64 } => $"{Section}:MaxConcurrency (MAX_WORKERS) is {MaxConcurrency}; set it between 1 and 64.",
        { MaxAttempts: < 1 or > 100 } => $"{Section}:MaxAttempts is {MaxAttempts}; set it between 1 and 100.",
        _ when PollFloor <= TimeSpan.Zero => $"{Section}:PollFloor is {PollFloor}; set it longer than 00:00:00.",
        _ when Lease < TimeSpan.FromSeconds(5) => $"{Section}:Lease is {Lease}; set it to 00:00:05 or longer.",
        _ when WorkerLease < TimeSpan.FromSeconds(1) => $"{Section}:WorkerLease is {WorkerLease}; set it to 00:00:01 or longer.",
        _ when DrainTime <= TimeSpan.Zero || DrainTime > TimeSpan.FromMinutes(10) => $"{Section}:DrainTime is {DrainTime}; set it between 00:00:01 and 00:10:00.",
        _ when BatchTime <= TimeSpan.Zero || BatchTime > Lease => $"{Section}:BatchTime is {BatchTime}; set it longer than 00:00:00 and not longer than {Section}:Lease.",
        _ when Backoff <= TimeSpan.Zero || MaxBackoff < Backoff => $"{Section}:Backoff is {Backoff} and {Section}:MaxBackoff {MaxBackoff}; both must be positive and the second not smaller.",
        _ => null,
    };
}
