namespace EmailOps.Mail.Imap;

/// <summary>What an IMAP client takes from a server before it gives up, and how it paces itself. A line's length is <see cref="Net.ConnectionLimits.MaxLine"/>.</summary>
public sealed record ImapLimits
{
    public static readonly ImapLimits Default = new();

    /// <summary>Bytes of one message that are delivered; of a longer one only <see cref="HeadBytes"/>. Guards memory.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes kept of a message that is too long: its header and beginning.</summary>
    public int HeadBytes { get; init; } = 1024 * 1024;

    /// <summary>Largest counted run of bytes that is read past because it is too long; a server that announces more is left. Guards time.</summary>
    public long MaxSkippedBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Counted strings in answers that are not content (folder names, server names), in bytes together per answer.</summary>
    public int MaxStringBytes { get; init; } = 1024 * 1024;

    /// <summary>Counted strings in one answer.</summary>
    public int MaxStrings { get; init; } = 1_000;

    /// <summary>Folders of a LIST that are kept.</summary>
    public int MaxFolders { get; init; } = 50_000;

    /// <summary>Keywords (flags without backslash) kept per message.</summary>
    public int MaxKeywords { get; init; } = 100;

    /// <summary>Ranges in one set of UIDs that a server sends; a message each in the worst case.</summary>
    public int MaxUidRanges { get; init; } = 10_000_000;

    /// <summary>Answers to one command that change nothing, before the server is left. Guards against an endless answer.</summary>
    public int MaxAnswers { get; init; } = 20_000_000;

    /// <summary>Messages asked for in one FETCH. Larger is faster until about 200 and loses more when a server refuses one.</summary>
    public int FetchWindow { get; init; } = 250;

    /// <summary>FETCH commands sent before the first is answered in full.</summary>
    public int FetchesInFlight { get; init; } = 3;

    /// <summary>IDLE is renewed after this time; servers may end it after 30 minutes (RFC 2177), middle boxes often earlier.</summary>
    public TimeSpan IdleRenewal { get; init; } = TimeSpan.FromMinutes(24);

    /// <summary>Time between two NOOPs where the server has no IDLE.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);
}
