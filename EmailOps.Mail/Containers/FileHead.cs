using System.Buffers;
using System.Text;

namespace EmailOps.Mail.Containers;

/// <summary>Says from the first bytes (and the name) what a file is.</summary>
internal static class FileHead
{
    /// <summary>Bytes looked at: room for a long Received chain before the first telling field.</summary>
    public const int Length = 8 * 1024;

    // Fields of which at least one stands near the top of anything that was ever a mail (RFC 5322 section 3.6, and trace fields).
    private static readonly HashSet<string> MailFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "received", "return-path", "delivered-to", "from", "to", "subject", "date", "message-id", "mime-version",
        "sender", "reply-to", "x-original-to", "dkim-signature", "arc-seal", "authentication-results", "envelope-to", "cc", "bcc",
    };

    private static readonly SearchValues<byte> FieldNameEnd = SearchValues.Create(": \t\r\n"u8);

    public static ContainerKind Kind(ReadOnlySpan<byte> head, string name)
    {
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
            return ContainerKind.Zip;
        var body = SkipBlank(head);
        if (MboxSeparator.IsSeparator(FirstLine(body)))
            return ContainerKind.Mbox;
        var extension = Path.GetExtension(name.AsSpan());
        if (Is(extension, ".zip"))
            return ContainerKind.Zip;
        if (HasMailFields(body))
            return ContainerKind.SingleMail;
        if (Is(extension, ".mbox") || Is(extension, ".mbx"))
            return ContainerKind.Mbox;
        return Is(extension, ".eml") && !IsForeign(head) ? ContainerKind.SingleMail : ContainerKind.Unknown;
    }

    /// <summary>A sentence for a file that is no mail; names the known formats that only look like it to a person.</summary>
    public static string NotMail(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "The file is empty.";
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
            return "This is an Outlook .msg (or other Office) file. Save the message as .eml and import that.";
        if (head.StartsWith("!BDN"u8))
            return "This is an Outlook data file (.pst or .ost). Export the folder as mbox or .eml files and import those.";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return "This is a gzip file. Unpack it first, or pack the mail as .zip.";
        return "This does not look like mail: no header fields at its start. Importable are .eml, mbox, Maildir folders and .zip of these.";
    }

    private static bool IsForeign(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]) || head.StartsWith("!BDN"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    private static bool HasMailFields(ReadOnlySpan<byte> text)
    {
        // Lines may end in CRLF, LF or bare CR (old Macintosh exports).
        for (var lines = 0; lines < 100 && !text.IsEmpty; lines++)
        {
            var line = FirstLine(text);
            if (line.IsEmpty)
                return false;
            var colon = line.IndexOfAny(FieldNameEnd);
            var isFolded = line[0] is (byte)' ' or (byte)'\t';
            if (!isFolded && (colon <= 0 || colon > 60 || !line[colon..].TrimStart(" \t"u8).StartsWith(":"u8)))
                return false;
            if (!isFolded && MailFields.Contains(Encoding.Latin1.GetString(line[..colon])))
                return true;
            text = text[line.Length..];
            text = text.StartsWith("\r\n"u8) ? text[2..] : text.IsEmpty ? text : text[1..];
        }

        return false;
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? text : text[..end];
    }

    private static ReadOnlySpan<byte> SkipBlank(ReadOnlySpan<byte> head) =>
        (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..] : head).TrimStart("\r\n"u8);

    private static bool Is(ReadOnlySpan<char> extension, string wanted) => extension.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
