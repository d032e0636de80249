namespace EmailOps.Mail.Imap;

/// <summary>The folder that is open, kept up to date by whatever the server says at any time.</summary>
public sealed class ImapFolder
{
    internal ImapFolder(string name) => Name = name;

    public string Name { get; }

    public bool IsReadOnly { get; internal set; }

    /// <summary>When it changes, all UIDs known before are void. 0 where the server has none (against the standard).</summary>
    public uint UidValidity { get; internal set; }

    /// <summary>The UID that the next message will have at least; 0 where the server does not say.</summary>
    public uint UidNext { get; internal set; }

    /// <summary>Messages in the folder.</summary>
    public uint Exists { get; internal set; }

    /// <summary>Counts changes of flags too (RFC 7162); 0 where the folder does not.</summary>
    public ulong HighestModSeq { get; internal set; }

    /// <summary>What may be set for good.</summary>
    public ImapFlags PermanentFlags { get; internal set; }

    /// <summary>New keywords may be made up: <c>\*</c> among the permanent flags.</summary>
    public bool CanCreateKeywords { get; internal set; }

    /// <summary>UIDs that went away since the state that SELECT named (QRESYNC).</summary>
    public UidSet Vanished { get; internal set; } = UidSet.Empty;

    /// <summary>Messages whose flags changed since the state that SELECT named (QRESYNC).</summary>
    public IReadOnlyList<ImapFlagState> Changed => ChangedStates;

    internal List<ImapFlagState> ChangedStates { get; } = [];

    /// <summary>The server resynchronised, so <see cref="Vanished"/> and <see cref="Changed"/> are complete.</summary>
    public bool IsResynchronised { get; internal set; }
}

/// <summary>A message's flags at a moment. <paramref name="ModSeq"/> is 0 where the server does not count changes.</summary>
public readonly record struct ImapFlagState(uint Uid, ImapFlags Flags, ulong ModSeq);

/// <summary>What a client knew of a folder when it last looked; opens the folder with all that changed since (RFC 7162, section 3.2.5).</summary>
/// <param name="KnownUids">Those still cared about, or null for all.</param>
public sealed record ImapSyncPoint(uint UidValidity, ulong ModSeq, UidSet? KnownUids = null);

/// <summary>What came unasked since it was last looked at.</summary>
[Flags]
public enum ImapChanges
{
    None = 0,

    /// <summary>EXISTS rose.</summary>
    NewMessages = 1,

    /// <summary>Messages went away.</summary>
    Expunged = 2,

    /// <summary>Flags changed.</summary>
    Flags = 4,
}
