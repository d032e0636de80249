using System.Text;

namespace EmailOps.Mail.Imap;

internal enum ImapWord
{
    /// <summary>An answer this client does not know; it is passed over.</summary>
    Other,
    Status,
    Capability,
    Enabled,
    Exists,
    Recent,
    Expunge,
    Fetch,
    Flags,
    List,
    Search,
    ESearch,
    FolderStatus,
    Namespace,
    Id,
    Vanished,
}

/// <summary>One answer of the server, as the reader left it: valid until the next is read.</summary>
internal sealed class ImapResponse
{
    public ReadOnlyMemory<byte> Text { get; set; }

    public List<ImapLiteral> Literals { get; } = [];

    /// <summary>The message's bytes, where this is a FETCH that has them. Who takes them sets null.</summary>
    public ImapContent? Content { get; set; }

    public bool IsContinuation { get; private set; }

    /// <summary>The tag's number, or 0 for an untagged answer, or -1 for a tag that is not ours.</summary>
    public long Tag { get; private set; }

    public ImapWord Word { get; private set; }

    public ImapStatus Status { get; private set; }

    /// <summary>The number before the word: of messages, or of a message.</summary>
    public uint Number { get; private set; }

    private int _rest;

    /// <summary>At what stands behind the word.</summary>
    public ImapCursor Cursor() => new(Text.Span, Literals, _rest);

    public ImapReply Reply() => ImapReply.Parse(Status, Text.Span[Math.Min(_rest, Text.Length)..]);

    /// <summary>Reads what comes before the arguments, from the first line alone.</summary>
    public void ParseStart(ReadOnlySpan<byte> line)
    {
        (IsContinuation, Tag, Word, Status, Number) = (false, 0, ImapWord.Other, ImapStatus.None, 0);
        var cursor = new ImapCursor(line, Literals, 0);
        if (cursor.Take('+'))
        {
            (IsContinuation, _rest) = (true, cursor.Position);
            return;
        }
        var first = cursor.Atom();
        if (first is not [(byte)'*'])
            Tag = TagNumber(first);
        if (Tag == 0 && cursor.Number(out var number))
            Number = (uint)Math.Min(number, uint.MaxValue);
        var word = cursor.Atom();
        Status = StatusOf(word);
        Word = Status != ImapStatus.None ? ImapWord.Status : WordOf(word);
        _rest = cursor.Position;
    }

    private static long TagNumber(ReadOnlySpan<byte> tag) =>
        tag.Length > 1 && tag[0] is (byte)'e' or (byte)'E' && System.Buffers.Text.Utf8Parser.TryParse(tag[1..], out long number, out var length) && length == tag.Length - 1 && number > 0 ? number : -1;

    private static ImapStatus StatusOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        2 when Is(word, "OK"u8) => ImapStatus.Ok,
        2 when Is(word, "NO"u8) => ImapStatus.No,
        3 when Is(word, "BAD"u8) => ImapStatus.Bad,
        3 when Is(word, "BYE"u8) => ImapStatus.Bye,
        7 when Is(word, "PREAUTH"u8) => ImapStatus.PreAuth,
        _ => ImapStatus.None,
    };

    private static ImapWord WordOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        5 when Is(word, "FETCH"u8) => ImapWord.Fetch,
        6 when Is(word, "EXISTS"u8) => ImapWord.Exists,
        6 when Is(word, "RECENT"u8) => ImapWord.Recent,
        7 when Is(word, "EXPUNGE"u8) => ImapWord.Expunge,
        8 when Is(word, "VANISHED"u8) => ImapWord.Vanished,
        5 when Is(word, "FLAGS"u8) => ImapWord.Flags,
        4 when Is(word, "LIST"u8) || Is(word, "LSUB"u8) => ImapWord.List,
        6 when Is(word, "SEARCH"u8) => ImapWord.Search,
        7 when Is(word, "ESEARCH"u8) => ImapWord.ESearch,
        6 when Is(word, "STATUS"u8) => ImapWord.FolderStatus,
        10 when Is(word, "CAPABILITY"u8) => ImapWord.Capability,
        7 when Is(word, "ENABLED"u8) => ImapWord.Enabled,
        9 when Is(word, "NAMESPACE"u8) => ImapWord.Namespace,
        2 when Is(word, "ID"u8) => ImapWord.Id,
        _ => ImapWord.Other,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}
