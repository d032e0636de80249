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
    public DateTimeOffset? FinishedAt { get; set; }
    public long Stored { get; set; }
    public long Duplicates { get; set; }
    public long Unparsable { get; set; }
    public long Refused { get; set; }
    public string? Problem { get; set; }

    public ImportView View() => new()
    {
        Id = Id, Source = Source, StartedAt = StartedAt, FinishedAt = FinishedAt,
        Stored = Stored, Duplicates = Duplicates, Unparsable = Unparsable, Refused = Refused, Problem = Problem,
    };
}
