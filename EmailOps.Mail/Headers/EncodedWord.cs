using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Decodes encoded words (RFC 2047), <c>=?charset?Q?text?=</c>, as they are found in the field: inside quotes, glued to other text, with spaces
/// inside, split in the middle of a character, without their end. Anything else stays as it stands.
/// </summary>
internal static class EncodedWord
{
    private const int MaxCharsetLength = 64;
    // RFC 2047 says 75; writers put whole subjects in one word. A bound keeps the search for the end linear.
    private const int MaxWordLength = 8192;

    /// <summary>Decodes an unfolded value.</summary>
    public static void Decode(scoped ReadOnlySpan<byte> value, string? hint, ref CharBuffer text)
    {
        var pending = new ByteBuffer(stackalloc byte[256]);
        scoped ReadOnlySpan<byte> pendingCharset = default;
        var endsExist = true;
        var at = 0;
        try
        {
            while (at < value.Length)
            {
                var found = value[at..].IndexOf("=?"u8);
                if (found < 0)
                    break;
                var start = at + found;
                if (!TryRead(value, start, ref endsExist, out var charset, out var encoding, out var payload, out var next))
                {
                    Flush(pending.Written, pendingCharset, ref text);
                    pending.Clear();
                    AppendRaw(value[at..(start + 2)], hint, ref text);
                    at = start + 2;
                    continue;
                }
                var between = value[at..start];
                // Section 6.2: white space between two encoded words is not shown.
                var adjacent = pending.Length > 0 && between.Trim(" \t"u8).IsEmpty;
                if (!adjacent || !Ascii.EqualsIgnoreCase(charset, pendingCharset))
                {
                    Flush(pending.Written, pendingCharset, ref text);
                    pending.Clear();
                }
                if (!adjacent)
                    AppendRaw(between, hint, ref text);
                pendingCharset = charset;
                if (encoding == 'B')
                    Base64Decoder.Decode(payload, ref pending);
                else
                    QuotedPrintableDecoder.DecodeWord(payload, ref pending);
                at = next;
            }
            Flush(pending.Written, pendingCharset, ref text);
            AppendRaw(value[at..], hint, ref text);
        }
        finally
        {
            pending.Dispose();
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> value, int start, ref bool endsExist, out ReadOnlySpan<byte> charset, out char encoding,
        out ReadOnlySpan<byte> payload, out int next)
    {
        charset = payload = default;
        encoding = '\0';
        next = 0;
        var rest = value[(start + 2)..];
        var mark = rest[..Math.Min(rest.Length, MaxCharsetLength)].IndexOf((byte)'?');
        if (mark < 0 || mark + 2 >= rest.Length || rest[mark + 2] != '?')
            return false;
        encoding = (char)(rest[mark + 1] & 0xDF);
        if (encoding is not ('B' or 'Q'))
            return false;
        charset = rest[..mark].Trim(" \t"u8);
        if (charset.IndexOfAny((byte)' ', (byte)'=', (byte)'<') >= 0)
            return false;
        var from = mark + 3;
        var body = rest[from..Math.Min(rest.Length, from + MaxWordLength)];
        // The next word ends this one, whatever it lacks; the search for the end must not go on behind it, again for every word.
        var nextWord = body.IndexOf("=?"u8);
        var isCut = nextWord >= 0 && IsWordStart(body[nextWord..]);
        if (isCut)
            body = body[..nextWord];
        var end = endsExist ? FindEnd(body, encoding) : -1;
        if (end < 0 && !isCut && from + MaxWordLength >= rest.Length)
            endsExist = false;
        // Without its end the word runs to the next white space.
        var limit = end < 0 ? body.Length : end;
        if (end < 0 && body[..limit].IndexOfAny((byte)' ', (byte)'\t') is >= 0 and var space)
            limit = space;
        payload = body[..limit];
        next = start + 2 + from + (end < 0 ? limit : end + 2);
        if (end < 0)
        {
            // "?" that was meant to be the start of "?="
            payload = payload.TrimEnd((byte)'?');
        }
        return true;
    }

    /// <summary>Where "?=" ends the word. In Q a question mark that should have been encoded may stand before an encoded byte: "?=41".</summary>
    private static int FindEnd(ReadOnlySpan<byte> body, char encoding)
    {
        var end = body.IndexOf("?="u8);
        if (encoding == 'B' || end < 0)
            return end;
        var space = body[end..].IndexOfAny((byte)' ', (byte)'\t');
        space = space < 0 ? body.Length : end + space;
        while (end + 3 < body.Length && QuotedPrintableDecoder.IsHex(body[end + 2]) && QuotedPrintableDecoder.IsHex(body[end + 3]))
        {
            var again = body[(end + 2)..space].IndexOf("?="u8);
            if (again < 0)
                break;
            end += 2 + again;
        }
        return end;
    }

    private static bool IsWordStart(ReadOnlySpan<byte> at)
    {
        var rest = at[2..Math.Min(at.Length, MaxCharsetLength)];
        var mark = rest.IndexOf((byte)'?');
        return mark >= 0 && mark + 2 < rest.Length && rest[mark + 2] == '?' && (rest[mark + 1] & 0xDF) is 'B' or 'Q';
    }

    private static void Flush(scoped ReadOnlySpan<byte> bytes, scoped ReadOnlySpan<byte> charset, ref CharBuffer text)
    {
        if (bytes.IsEmpty)
            return;
        Span<char> name = stackalloc char[MaxCharsetLength];
        var length = Encoding.Latin1.GetChars(charset, name);
        var from = text.Length;
        Charset.Decode(bytes, name[..length], ref text);
        text.CleanFrom(from);
    }

    private static void AppendRaw(scoped ReadOnlySpan<byte> bytes, string? hint, ref CharBuffer text) => Charset.DecodeUnlabelled(bytes, hint, ref text);
}
