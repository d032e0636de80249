using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>The items of one FETCH answer that this client asks for; others are passed over. One object is filled again and again.</summary>
internal sealed class ImapFetchData
{
    public uint Sequence { get; private set; }

    /// <summary>0 where the answer has none.</summary>
    public uint Uid { get; set; }

    public long Size { get; private set; }

    public bool HasFlags { get; private set; }

    public ImapFlags Flags { get; private set; }

    public ulong ModSeq { get; private set; }

    public DateTimeOffset? InternalDate { get; private set; }

    public ImapContent? Content { get; private set; }

    /// <summary>The server has the message and no bytes for it: NIL.</summary>
    public bool IsNil { get; private set; }

    public static ImapFetchData? Read(ImapResponse response, ImapLimits limits)
    {
        var data = new ImapFetchData();
        return data.Fill(response, limits) ? data : null;
    }

    /// <summary>Takes over the content of the answer.</summary>
    public bool Fill(ImapResponse response, ImapLimits limits)
    {
        (Sequence, Uid, Size, HasFlags, Flags, ModSeq, InternalDate, Content, IsNil) = (response.Number, 0, 0, false, default, 0, null, null, false);
        var cursor = response.Cursor();
        if (!cursor.Take('('))
            return false;
        while (!cursor.AtEnd && !cursor.Take(')'))
        {
            var before = cursor.Position;
            var name = cursor.ItemName();
            if (name.Length == 0)
                cursor.SkipValue();
            else
                Item(name, ref cursor, response, limits);
            if (cursor.Position == before)
                break;
        }
        return true;
    }

    /// <summary>Adds what an earlier answer said about the same message.</summary>
    public void Merge(ImapFetchData other)
    {
        Uid = Uid > 0 ? Uid : other.Uid;
        Size = Size > 0 ? Size : other.Size;
        if (!HasFlags)
            (HasFlags, Flags) = (other.HasFlags, other.Flags);
        ModSeq = Math.Max(ModSeq, other.ModSeq);
        InternalDate ??= other.InternalDate;
        (Content, other.Content) = (Content ?? other.Content, null);
        IsNil |= other.IsNil;
    }

    public ImapFetchData Copy()
    {
        var copy = new ImapFetchData { Sequence = Sequence };
        copy.Merge(this);
        return copy;
    }

    public void Release()
    {
        Content?.Release();
        Content = null;
    }

    private void Item(ReadOnlySpan<byte> name, ref ImapCursor cursor, ImapResponse response, ImapLimits limits)
    {
        if (Is(name, "UID"u8) && cursor.Number(out var uid))
            Uid = uid <= uint.MaxValue ? (uint)uid : 0;
        else if (Is(name, "RFC822.SIZE"u8) && cursor.Number(out var size))
            Size = (long)Math.Min(size, long.MaxValue);
        else if (Is(name, "FLAGS"u8))
            (HasFlags, Flags) = (true, ImapFlags.Read(ref cursor, limits.MaxKeywords));
        else if (Is(name, "MODSEQ"u8) && cursor.Take('('))
        {
            if (cursor.Number(out var modSeq))
                ModSeq = modSeq;
            if (!cursor.Take(')'))
                cursor.SkipValue();
        }
        else if (Is(name, "INTERNALDATE"u8))
            InternalDate = cursor.Bytes(out var date) ? ImapDate.Parse(date) : null;
        else if (IsContent(name))
            Body(ref cursor, response);
        else
            cursor.SkipValue();
    }

    private void Body(ref ImapCursor cursor, ImapResponse response)
    {
        if (cursor.Literal() is { IsContent: true })
        {
            Content ??= response.Content;
            if (Content == response.Content)
                response.Content = null;
        }
        else if (cursor.Bytes(out var bytes))
            Content ??= new ImapContent(bytes.ToArray(), bytes.Length, bytes.Length, isPooled: false);
        else
            IsNil = true;
    }

    private static bool IsContent(ReadOnlySpan<byte> name) =>
        name.Length > 5 && Is(name[..5], "BODY["u8) || Is(name, "RFC822"u8) || Is(name, "RFC822.HEADER"u8) || (name.Length > 7 && Is(name[..7], "BINARY["u8));

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}
