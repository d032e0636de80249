using System.Buffers;

namespace EmailOps.Mail.Writing;

/// <summary>Quoted-printable (RFC 2045, section 6.7) that gateways have nothing to alter in.</summary>
internal static class QuotedPrintable
{
    private const int Width = 76;

    /// <summary>The encoded text, or null when it gets longer than <paramref name="most"/>. Lines of the input end in CR LF.</summary>
    public static byte[]? Encode(ReadOnlySpan<byte> text, int most)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(256, text.Length + (text.Length / 16)));
        while (!text.IsEmpty)
        {
            var end = text.IndexOf("\r\n"u8);
            WriteLine(output, end < 0 ? text : text[..end]);
            if (end < 0)
                break;
            output.Write("\r\n"u8);
            if (output.WrittenCount > most)
                return null;
            text = text[(end + 2)..];
        }
        return output.WrittenCount > most ? null : output.WrittenSpan.ToArray();
    }

    private static void WriteLine(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        var column = 0;
        for (var at = 0; at < line.Length;)
        {
            var count = Character(line[at..]);
            var plain = count == 1 && IsPlain(line, at, column == 0);
            var length = plain ? 1 : 3 * count;
            // Every piece but the last needs room for the "=" that says that the line goes on.
            if (column + length > (at + count == line.Length ? Width : Width - 1))
            {
                output.Write("=\r\n"u8);
                column = 0;
                continue;
            }
            Write(output, line.Slice(at, count), plain);
            column += length;
            at += count;
        }
    }

    private static bool IsPlain(ReadOnlySpan<byte> line, int at, bool isFirst) => line[at] switch
    {
        (byte)' ' or (byte)'\t' => at < line.Length - 1,
        (byte)'=' => false,
        // A dot that begins a line ends a mail for servers that forget to double it.
        (byte)'.' => !isFirst,
        // mbox files and what keeps mail in them turn "From " into ">From ".
        (byte)'F' => !(isFirst && line[at..].StartsWith("From "u8)),
        var octet => octet is > (byte)' ' and <= (byte)'~',
    };

    /// <summary>The octets of one character: a line that breaks inside one is right, and reads badly where mail is looked at raw.</summary>
    private static int Character(ReadOnlySpan<byte> rest)
    {
        var count = rest[0] switch { < 0xC0 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
        return Math.Min(count, rest.Length);
    }

    private static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> octets, bool plain)
    {
        if (plain)
        {
            output.Write(octets);
            return;
        }
        const string digits = "0123456789ABCDEF";
        foreach (var octet in octets)
            output.Write([(byte)'=', (byte)digits[octet >> 4], (byte)digits[octet & 15]]);
    }
}
