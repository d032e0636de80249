using System.Text;

namespace EmailOps.Mail;

/// <summary>What can be said about the charset of bytes nobody labelled.</summary>
internal static class CharsetDetector
{
    public static Encoding Guess(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) || HasUtf8Sequence(bytes) && InvalidUtf8Share(bytes) < 0.1 ? Charset.Utf8
            : LegacyGuess.From(bytes) ?? Charset.Windows1252;

    /// <summary>Recognises and removes a byte order mark (Unicode 15, section 23.8).</summary>
    public static Encoding? ByteOrderMark(ref ReadOnlySpan<byte> bytes)
    {
        var (length, encoding) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (3, Charset.Utf8),
            [0xFF, 0xFE, 0, 0, ..] => (4, Encoding.UTF32),
            [0xFF, 0xFE, ..] => (2, Encoding.Unicode),
            [0xFE, 0xFF, ..] => (2, Encoding.BigEndianUnicode),
            _ => (0, null),
        };
        bytes = bytes[length..];
        return encoding;
    }

    /// <summary>ESC $ B or ESC $ @ starts JIS X 0208 (RFC 1468); nothing else in mail does.</summary>
    public static bool LooksLikeIso2022Jp(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOf("\u001b$B"u8) >= 0 || bytes.IndexOf("\u001b$@"u8) >= 0;

    /// <summary>True when at least one well-formed sequence of more than one byte is there (so damage elsewhere is damage, not another charset).</summary>
    public static bool HasUtf8Sequence(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var skip = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (skip < 0)
                return false;
            bytes = bytes[skip..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == System.Buffers.OperationStatus.Done)
                return true;
            bytes = bytes[Math.Max(1, used)..];
        }
        return false;
    }

    /// <summary>Well-formed throughout, with at least so many characters beyond ASCII.</summary>
    public static bool IsConvincingUtf8(ReadOnlySpan<byte> bytes, int least)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            return false;
        while (least > 0)
        {
            var lead = bytes.IndexOfAnyInRange((byte)0xC2, (byte)0xF4);
            if (lead < 0)
                return false;
            bytes = bytes[(lead + 1)..];
            least--;
        }
        return true;
    }

    private static double InvalidUtf8Share(ReadOnlySpan<byte> bytes)
    {
        int valid = 0, invalid = 0;
        while (!bytes.IsEmpty)
        {
            var skip = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (skip < 0)
                break;
            bytes = bytes[skip..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == System.Buffers.OperationStatus.Done)
                valid++;
            else
                invalid++;
            bytes = bytes[Math.Max(1, used)..];
        }
        return valid + invalid == 0 ? 0 : invalid / (double)(valid + invalid);
    }
}
