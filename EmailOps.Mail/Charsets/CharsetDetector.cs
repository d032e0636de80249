using System.Buffers;
using System.Text;

namespace EmailOps.Mail;

/// <summary>What can be said about the charset of bytes nobody labelled.</summary>
internal static class CharsetDetector
{
    private static readonly SearchValues<byte> NameEnds = SearchValues.Create("\"' />;"u8);

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

    /// <summary>RFC 2781 says big-endian without a mark; writers mean their own order, which the zero bytes of spaces and digits give away.</summary>
    public static Encoding Utf16(ReadOnlySpan<byte> bytes, Encoding named, out bool guessed)
    {
        var sample = bytes[..Math.Min(bytes.Length, 1024)];
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i++)
        {
            if (sample[i] == 0)
                _ = (i & 1) == 0 ? even++ : odd++;
        }
        // Without a single zero in plain text, only the label is wide.
        guessed = (even == 0 && odd == 0 && Ascii.IsValid(sample)) || odd > 2 * even || even > 2 * odd;
        return even == 0 && odd == 0 ? (guessed ? Charset.Utf8 : named)
            : odd > 2 * even ? Encoding.Unicode
            : even > 2 * odd ? Encoding.BigEndianUnicode
            : named;
    }

    /// <summary>The charset that an HTML text names for itself near its start: &lt;meta charset=x&gt; or content="text/html; charset=x".</summary>
    public static string? Meta(ReadOnlySpan<byte> html)
    {
        html = html[..Math.Min(html.Length, 2048)];
        var at = html.IndexOf("charset="u8);
        if (at < 0)
            at = html.IndexOf("CHARSET="u8);
        if (at < 0)
            return null;
        var name = html[(at + "charset="u8.Length)..].TrimStart("\"' "u8);
        var end = name.IndexOfAny(NameEnds);
        return end is > 0 and < 40 && Ascii.IsValid(name[..end]) ? Encoding.ASCII.GetString(name[..end]) : null;
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
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == OperationStatus.Done)
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
            if (Rune.DecodeFromUtf8(bytes, out _, out var used) == OperationStatus.Done)
                valid++;
            else
                invalid++;
            bytes = bytes[Math.Max(1, used)..];
        }
        return valid + invalid == 0 ? 0 : invalid / (double)(valid + invalid);
    }
}
