using System.Buffers;

namespace EmailOps.Mail;

/// <summary>Quoted-printable (RFC 2045, section 6.7) and the Q encoding (RFC 2047, section 4.2). What is not valid stays as it stands.</summary>
internal static class QuotedPrintableDecoder
{
    private static readonly SearchValues<byte> EqualsOrLineEnd = SearchValues.Create("=\n"u8);
    private static readonly SearchValues<byte> EqualsOrUnderscore = SearchValues.Create("=_"u8);

    /// <summary>The result is never longer than the source. Returns the bytes written.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int at = 0, written = 0;
        while (at < source.Length)
        {
            var run = source[at..].IndexOfAny(EqualsOrLineEnd);
            if (run < 0)
                run = source.Length - at;
            source.Slice(at, run).CopyTo(target[written..]);
            at += run;
            written += run;
            if (at == source.Length)
                break;
            if (source[at] == '\n')
                written = EndLine(source, at++, target, written);
            else
                at = Escape(source, at, target, ref written);
        }
        return written;
    }

    /// <summary>Rule 3: white space at the end of a line was added on the way.</summary>
    private static int EndLine(ReadOnlySpan<byte> source, int at, Span<byte> target, int written)
    {
        var carriageReturn = at > 0 && source[at - 1] == '\r' && written > 0 && target[written - 1] == '\r';
        if (carriageReturn)
            written--;
        if (at > (carriageReturn ? 1 : 0) && source[at - (carriageReturn ? 2 : 1)] is (byte)' ' or (byte)'\t')
        {
            while (written > 0 && target[written - 1] is (byte)' ' or (byte)'\t')
                written--;
        }
        if (carriageReturn)
            target[written++] = (byte)'\r';
        target[written++] = (byte)'\n';
        return written;
    }

    private static int Escape(ReadOnlySpan<byte> source, int at, Span<byte> target, ref int written)
    {
        if (at + 2 < source.Length && IsHex(source[at + 1]) && IsHex(source[at + 2]))
        {
            target[written++] = (byte)((Hex(source[at + 1]) << 4) | Hex(source[at + 2]));
            return at + 3;
        }
        // Rule 5: a soft line break, with white space that was added on the way.
        var end = at + 1;
        while (end < source.Length && source[end] is (byte)' ' or (byte)'\t')
            end++;
        if (end == source.Length)
            return end;
        if (source[end] == '\n')
            return end + 1;
        if (source[end] == '\r')
            return end + 1 < source.Length && source[end + 1] == '\n' ? end + 2 : end + 1;
        // The "=" and the white space after it, which may be long: the loop must not look at it again and again.
        source[at..end].CopyTo(target[written..]);
        written += end - at;
        return end;
    }

    /// <summary>The payload of an encoded word.</summary>
    public static void DecodeWord(ReadOnlySpan<byte> payload, ref ByteBuffer into)
    {
        var target = into.Reserve(payload.Length);
        int at = 0, written = 0;
        while (at < payload.Length)
        {
            var run = payload[at..].IndexOfAny(EqualsOrUnderscore);
            if (run < 0)
                run = payload.Length - at;
            payload.Slice(at, run).CopyTo(target[written..]);
            at += run;
            written += run;
            if (at == payload.Length)
                break;
            if (payload[at] == '_')
            {
                target[written++] = (byte)' ';
                at++;
            }
            else if (at + 2 < payload.Length && IsHex(payload[at + 1]) && IsHex(payload[at + 2]))
            {
                target[written++] = (byte)((Hex(payload[at + 1]) << 4) | Hex(payload[at + 2]));
                at += 3;
            }
            else
            {
                target[written++] = payload[at++];
            }
        }
        into.Advance(written);
    }

    public static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    public static int Hex(byte b) => b <= '9' ? b - '0' : (b & 0xDF) - 'A' + 10;
}
