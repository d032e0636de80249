namespace EmailOps.Core.Messages;

/// <summary>A raw mail offered to intake.</summary>
/// <param name="Origin">Where it came from, for people: a file name, <c>inbox.mbox#17</c>, an upload's name.</param>
/// <param name="Raw">The bytes; empty when it could not be read at all; the beginning only when <paramref name="Problem"/> says it is too large.</param>
/// <param name="SizeBytes">Size of the whole mail.</param>
/// <param name="Problem">Why it can only be kept and not read as mail; null when it can.</param>
/// <param name="Place">Where it lies on a mail server; null when it came another way.</param>
internal sealed record OfferedMail(string Origin, ReadOnlyMemory<byte> Raw, long SizeBytes, string? Problem = null, ServerPlace? Place = null);

/// <summary>Where a mail lies on a server. A place is taken in once, whoever offers it and however often.</summary>
/// <param name="FolderId">The folder's row.</param>
/// <param name="IsMissing">The server did not hand the mail out whole; it can be asked again.</param>
/// <param name="ServerId">The provider's own id, where the mailbox is read by an API: that is the place then, and the UID is given when it is stored. Null with IMAP.</param>
/// <param name="ServerThread">The provider's thread, with a <paramref name="ServerId"/>; null where it has none.</param>
internal sealed record ServerPlace(long FolderId, uint UidValidity, uint Uid, bool IsMissing = false, string? ServerId = null, string? ServerThread = null)
{
    /// <summary>The UIDVALIDITY of every place that has a <see cref="ServerId"/>.</summary>
    public const uint RemoteValidity = 1;

    public static ServerPlace Remote(long folderId, string serverId, string? thread, bool isMissing = false) => new(folderId, RemoteValidity, 0, isMissing, serverId, thread);
}

/// <summary>How far a folder is read once a batch is stored: every UID below <paramref name="UidNext"/> has its line.</summary>
internal sealed record FolderProgress(long FolderId, uint UidValidity, uint UidNext);

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
    /// <summary>How long a worker that says nothing keeps a mailbox before another takes it over.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);
    /// <summary>Longest pause before the next attempt to reach a mail server that failed.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(5);
    /// <summary>How often the server's mails are compared with the ledger.</summary>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromHours(1);
    /// <summary>Longest silence of a mail server that should answer.</summary>
    public TimeSpan ServerPatience { get; set; } = TimeSpan.FromSeconds(60);
    /// <summary>Mailboxes that one worker reads at most. Guards connections and memory.</summary>
    public int MaxMailboxes { get; set; } = 200;

    /// <returns>Null, or what to change.</returns>
    public string? Problem() => this switch
    {
        { MaxMessageBytes: < 1024 or > 1L << 29 } => $"{Section}:MaxMessageBytes is {MaxMessageBytes}; set it between 1024 and 536870912 (PostgreSQL takes no more at once).",
        { BatchSize: < 1 or > 5000 } => $"{Section}:BatchSize is {BatchSize}; set it between 1 and 5000.",
        { BatchBytes: < 1024 } => $"{Section}:BatchBytes is {BatchBytes}; set it to 1024 or more.",
        { MaxTextCharacters: < 1000 } => $"{Section}:MaxTextCharacters is {MaxTextCharacters}; set it to 1000 or more.",
        _ when Lease < TimeSpan.FromSeconds(1) || Lease > TimeSpan.FromMinutes(10) => $"{Section}:Lease is {Lease}; set it between 00:00:01 and 00:10:00.",
        _ when MaxBackoff < TimeSpan.FromSeconds(1) || MaxBackoff > TimeSpan.FromHours(1) => $"{Section}:MaxBackoff is {MaxBackoff}; set it between 00:00:01 and 01:00:00.",
        _ when ReconcileEvery < TimeSpan.FromSeconds(10) || ReconcileEvery > TimeSpan.FromDays(7) => $"{Section}:ReconcileEvery is {ReconcileEvery}; set it between 00:00:10 and 7.00:00:00.",
        _ when ServerPatience < TimeSpan.FromSeconds(1) || ServerPatience > TimeSpan.FromMinutes(10) => $"{Section}:ServerPatience is {ServerPatience}; set it between 00:00:01 and 00:10:00.",
        { MaxMailboxes: < 0 or > 10_000 } => $"{Section}:MaxMailboxes is {MaxMailboxes}; set it between 0 and 10000.",
        _ => null,
    };
}
