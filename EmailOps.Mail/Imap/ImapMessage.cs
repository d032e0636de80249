namespace EmailOps.Mail.Imap;

/// <summary>How much of each message is fetched.</summary>
public enum ImapFetchContent
{
    /// <summary>The whole message, up to the limit.</summary>
    Whole,

    /// <summary>The header section.</summary>
    Header,

    /// <summary>Only UID, flags, size and date.</summary>
    None,
}

/// <summary>How messages are fetched.</summary>
public sealed record ImapFetch
{
    public ImapFetchContent Content { get; init; }

    /// <summary>Longest message in bytes that is delivered whole; by default the client's limit, which it cannot exceed.</summary>
    public int? MaxMessageBytes { get; init; }

    /// <summary>
    /// Content comes in an array of its own that one may keep (<see cref="ImapMessage.TakeArray"/> without a copy), not in pooled memory that goes back
    /// with <see cref="ImapMessage.Dispose"/>.
    /// </summary>
    public bool OwnedBytes { get; init; }

    /// <summary>One command at a time: each window's messages before the next one's, for a round trip a window.</summary>
    public bool OneAtATime { get; init; }

    /// <summary>Only messages changed after this count (RFC 7162, section 3.1.4.1); needs CONDSTORE.</summary>
    public ulong ChangedSince { get; init; }
}

/// <summary>A message as the server has it. Dispose it when done: its memory goes back to the pool.</summary>
public sealed class ImapMessage : IDisposable
{
    private readonly ImapContent? _content;

    internal ImapMessage(ImapFetchData data, ImapContent? content, long size, bool isCut, string? problem)
    {
        (Uid, Flags, ModSeq, InternalDate) = (data.Uid, data.Flags, data.ModSeq, data.InternalDate);
        (_content, Size, IsCut, Problem) = (content, size, isCut, problem);
    }

    public uint Uid { get; }

    /// <summary>Bytes of the message on the server. Where the whole message was read, what was read counts, whatever the server had announced.</summary>
    public long Size { get; }

    /// <summary>When the server received it; null where it says nothing readable.</summary>
    public DateTimeOffset? InternalDate { get; }

    public ImapFlags Flags { get; }

    /// <summary>0 where the server does not count changes.</summary>
    public ulong ModSeq { get; }

    /// <summary>The message is over the limit and <see cref="Content"/> is its head.</summary>
    public bool IsCut { get; }

    /// <summary>Why there is no content: the server refuses this message, or has no bytes for it. For people.</summary>
    public string? Problem { get; }

    /// <summary>The bytes; empty where none were asked for, or where there is a <see cref="Problem"/>. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Content => _content?.Memory ?? default;

    /// <summary>The bytes in an array that one may keep.</summary>
    public byte[] TakeArray() => _content?.ToArray() ?? [];

    public void Dispose() => _content?.Release();
}
