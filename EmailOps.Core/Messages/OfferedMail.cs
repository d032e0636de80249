namespace EmailOps.Core.Messages;

/// <summary>A raw mail offered to intake.</summary>
/// <param name="Origin">Where it came from, for people: a file name, <c>inbox.mbox#17</c>, an upload's name.</param>
/// <param name="Raw">The bytes; empty when it could not be read at all; the beginning only when <paramref name="Problem"/> says it is too large.</param>
/// <param name="SizeBytes">Size of the whole mail.</param>
/// <param name="Problem">Why it can only be kept and not read as mail; null when it can.</param>
internal sealed record OfferedMail(string Origin, ReadOnlyMemory<byte> Raw, long SizeBytes, string? Problem = null);

/// <summary>What intake did with one offered mail.</summary>
internal sealed record IntakeResult(OfferedMail Mail, Contracts.IntakeOutcome Outcome, string Reason, long? MessageId);

/// <summary>Limits of intake; bound to the section <c>Intake</c>.</summary>
internal sealed class IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>Largest mail read whole, in bytes; of a larger one the beginning is kept and shown as what it is. Guards memory.</summary>
    public long MaxMessageBytes { get; set; } = 64L << 20;
    /// <summary>Mails stored in one transaction at most.</summary>
    public int BatchSize { get; set; } = 250;
    /// <summary>Bytes of raw mail held in memory for one transaction at most (one message may exceed it alone).</summary>
    public long BatchBytes { get; set; } = 16L << 20;
    /// <summary>Characters of visible text kept for triage and search; the raw bytes hold the rest.</summary>
    public int MaxTextCharacters { get; set; } = 200_000;

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { MaxMessageBytes: < 1024 or > 1L << 29 } => $"{Section}:MaxMessageBytes is {MaxMessageBytes}; set it between 1024 and 536870912 (PostgreSQL takes no more at once).",
        { BatchSize: < 1 or > 5000 } => $"{Section}:BatchSize is {BatchSize}; set it between 1 and 5000.",
        { BatchBytes: < 1024 } => $"{Section}:BatchBytes is {BatchBytes}; set it to 1024 or more.",
        { MaxTextCharacters: < 1000 } => $"{Section}:MaxTextCharacters is {MaxTextCharacters}; set it to 1000 or more.",
        _ => null,
    };
}
