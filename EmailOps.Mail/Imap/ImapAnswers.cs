using System.Buffers.Text;
using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>Reads the arguments of the smaller answers.</summary>
internal static class ImapAnswers
{
    /// <summary>Base64 behind a plus sign. Servers that send words instead of base64 mean an empty challenge.</summary>
    public static byte[] Challenge(ReadOnlySpan<byte> rest)
    {
        rest = rest.Trim(" \t"u8);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(rest.Length)];
        return Base64.DecodeFromUtf8(rest, bytes, out _, out var length) == System.Buffers.OperationStatus.Done ? bytes[..length] : [];
    }

    /// <summary><c>("name" "Dovecot" "version" NIL)</c>.</summary>
    public static void ReadId(ImapCursor cursor, Dictionary<string, string?> told)
    {
        if (!cursor.Take('('))
            return;
        while (!cursor.AtEnd && !cursor.Take(')') && told.Count < 50)
        {
            var before = cursor.Position;
            if (cursor.String() is { } name)
                told[name] = cursor.String();
            if (cursor.Position == before)
                cursor.SkipValue();
            if (cursor.Position == before)
                return;
        }
    }

    /// <summary><c>(\HasNoChildren \Sent) "/" Sent</c>.</summary>
    public static ImapFolderEntry? ReadList(ImapCursor cursor)
    {
        var attributes = new List<string>();
        if (cursor.Take('('))
        {
            while (!cursor.AtEnd && !cursor.Take(')'))
            {
                var word = cursor.Atom();
                if (word.Length == 0)
                    cursor.SkipValue();
                else if (attributes.Count < 50)
                    attributes.Add(Encoding.Latin1.GetString(word));
            }
        }
        else
            cursor.SkipValue();
        var delimiter = cursor.String();
        // A name without quotes may hold spaces against the grammar; then it goes to the end of the line.
        cursor.SkipSpaces();
        var wire = cursor.Peek is (byte)'"' or (byte)'{' ? cursor.String() : Encoding.UTF8.GetString(cursor.Rest.TrimEnd((byte)' '));
        return string.IsNullOrEmpty(wire) ? null : new ImapFolderEntry(ModifiedUtf7.Decode(wire), wire, delimiter is [var c, ..] ? c : null, attributes);
    }

    /// <summary>Numbers of a SEARCH answer; <c>(MODSEQ 917)</c> at its end is none of them.</summary>
    public static void ReadSearch(ImapCursor cursor, List<(uint, uint)> found)
    {
        while (cursor.Number(out var uid))
        {
            if (uid is > 0 and <= uint.MaxValue)
                found.Add(((uint)uid, (uint)uid));
        }
    }

    /// <summary><c>(TAG "e5") UID ALL 2,10:11</c> (RFC 4731): empty where nothing was found.</summary>
    public static UidSet ReadESearch(ImapCursor cursor, int maxRanges)
    {
        if (!cursor.AtEnd)
            cursor.SkipSpaces();
        if (cursor.Peek == '(')
            cursor.SkipValue();
        while (!cursor.AtEnd)
        {
            var word = cursor.Atom();
            if (Ascii.EqualsIgnoreCase(word, "ALL"u8))
                return UidSet.Parse(cursor.Atom(), maxRanges);
            if (word.Length == 0)
                break;
        }
        return UidSet.Empty;
    }

    /// <summary><c>INBOX (MESSAGES 3 UIDNEXT 4)</c>.</summary>
    public static ImapFolderStatus? ReadStatus(ImapCursor cursor)
    {
        // The name is known from the question.
        cursor.SkipValue();
        if (!cursor.Take('('))
            return null;
        var status = new ImapFolderStatus();
        while (!cursor.AtEnd && !cursor.Take(')'))
        {
            var word = cursor.Atom();
            if (word.Length == 0)
                cursor.SkipValue();
            else if (cursor.Number(out var number))
                status = Ascii.EqualsIgnoreCase(word, "MESSAGES"u8) ? status with { Messages = (uint)number }
                    : Ascii.EqualsIgnoreCase(word, "UIDNEXT"u8) ? status with { UidNext = (uint)number }
                    : Ascii.EqualsIgnoreCase(word, "UIDVALIDITY"u8) ? status with { UidValidity = (uint)number }
                    : Ascii.EqualsIgnoreCase(word, "UNSEEN"u8) ? status with { Unseen = (uint)number }
                    : Ascii.EqualsIgnoreCase(word, "HIGHESTMODSEQ"u8) ? status with { HighestModSeq = number }
                    : status;
        }
        return status;
    }

    /// <summary>Personal, others', shared: each a list of prefix and delimiter (RFC 2342).</summary>
    public static IReadOnlyList<ImapNamespace> ReadNamespaces(ImapCursor cursor)
    {
        var spaces = new List<ImapNamespace>();
        foreach (var kind in Enum.GetValues<ImapNamespaceKind>())
        {
            if (!cursor.Take('('))
            {
                cursor.SkipValue();
                continue;
            }
            while (cursor.Take('('))
            {
                var prefix = cursor.String() ?? "";
                var delimiter = cursor.String();
                if (spaces.Count < 100)
                    spaces.Add(new ImapNamespace(kind, ModifiedUtf7.Decode(prefix), delimiter is [var c, ..] ? c : null));
                while (!cursor.AtEnd && !cursor.Take(')'))
                {
                    var before = cursor.Position;
                    cursor.SkipValue();
                    if (cursor.Position == before)
                        break;
                }
            }
            cursor.Take(')');
        }
        return spaces;
    }
}
