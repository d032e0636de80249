using EmailOps.Core.Contracts;

namespace EmailOps.Core.Messages;

/// <summary>One line of the intake ledger.</summary>
internal sealed class IntakeEntry
{
    public long Id { get; set; }
    public long? ImportId { get; set; }
    public long MailboxId { get; set; }
    public required string Origin { get; set; }
    public IntakeOutcome Outcome { get; set; }
    public required string Reason { get; set; }
    public long? MessageId { get; set; }
    public long? RawId { get; set; }
    public long SizeBytes { get; set; }
    public DateTimeOffset At { get; set; }

    public IntakeView View() => new(Id, Origin, Outcome, Reason, MessageId, SizeBytes, RawId is not null, At);
}

/// <summary>One import, with counters that grow as it goes.</summary>
internal sealed class ImportRun
{
    public long Id { get; set; }
    public long MailboxId { get; set; }
    public required string Source { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    /// <summary>When its last batch was stored.</summary>
    public DateTimeOffset ProgressAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public long Stored { get; set; }
    public long Duplicates { get; set; }
    public long Unparsable { get; set; }
    public long Refused { get; set; }
    public string? Problem { get; set; }

    /// <summary>An import whose process was killed has nobody to say that it ended.</summary>
    private static readonly TimeSpan CutShortAfter = TimeSpan.FromMinutes(10);

    public ImportView View(DateTimeOffset now) => new()
    {
        Id = Id, Source = Source, StartedAt = StartedAt, FinishedAt = FinishedAt,
        Stored = Stored, Duplicates = Duplicates, Unparsable = Unparsable, Refused = Refused,
        Problem = Problem ?? (FinishedAt is null && now - ProgressAt > CutShortAfter ? "Nothing was stored for ten minutes: it was probably cut short. What was stored stays; import again to go on, copies are recognised." : null),
    };
}
