namespace EmailOps.Core.Contracts;

/// <summary>One line of the intake ledger: a raw mail that was offered and what became of it.</summary>
public sealed record IntakeView(long Id, string Origin, IntakeOutcome Outcome, string Reason, long? MessageId, long SizeBytes, bool HasRaw, DateTimeOffset At);

public sealed record IntakePage(IReadOnlyList<IntakeView> Items, string? NextCursor);

/// <summary>One import: a path given to <c>emailops import</c> or a file uploaded in the console.</summary>
public sealed record ImportView
{
    public required long Id { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public required long Stored { get; init; }
    public required long Duplicates { get; init; }
    public required long Unparsable { get; init; }
    public required long Refused { get; init; }
    /// <summary>Why it ended early, if it did.</summary>
    public string? Problem { get; init; }
}
