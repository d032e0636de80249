namespace EmailOps.Mail;

/// <summary>uuencode (POSIX): <c>begin 644 name</c>, lines that start with their length, <c>end</c>.</summary>
internal static class UUDecoder
{
    /// <summary>Decodes the data lines, with or without the begin and end lines. The result is shorter than the source.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (!source.IsEmpty)
        {
            var end = source.IndexOf((byte)'\n');
            var line = (end < 0 ? source : source[..end]).TrimEnd((byte)'\r');
            source = end < 0 ? [] : source[(end + 1)..];
            if (line.StartsWith("begin "u8) || line.IsEmpty)
                continue;
            if (line.SequenceEqual("end"u8))
                break;
            written += DecodeLine(line, target[written..]);
        }
        return written;
    }

    private static int DecodeLine(ReadOnlySpan<byte> line, Span<byte> target)
    {
        var length = Value(line[0]);
        var data = line[1..];
        // A line that is not as long as it says is text, not data.
        length = Math.Min(length, (data.Length * 3 + 3) / 4);
        var written = 0;
        for (var at = 0; written < length; at += 4)
        {
            var bits = (At(data, at) << 18) | (At(data, at + 1) << 12) | (At(data, at + 2) << 6) | At(data, at + 3);
            for (var shift = 16; shift >= 0 && written < length; shift -= 8)
                target[written++] = (byte)(bits >> shift);
        }
        return written;
    }

    // Trailing spaces (zeroes) may have been cut on the way.
    private static int At(ReadOnlySpan<byte> data, int at) => at < data.Length ? Value(data[at]) : 0;

    private static int Value(byte b) => (b - 0x20) & 0x3F;
}
