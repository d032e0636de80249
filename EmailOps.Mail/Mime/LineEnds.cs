namespace EmailOps.Mail;

/// <summary>Messages whose only line end is a carriage return (old Macintosh files) are turned into what everything else expects.</summary>
internal static class LineEnds
{
    public static ReadOnlyMemory<byte> Normalise(ReadOnlyMemory<byte> raw)
    {
        var bytes = raw.Span;
        if (bytes.IndexOf((byte)'\n') >= 0 || bytes.IndexOf((byte)'\r') < 0)
            return raw;
        var copy = new byte[bytes.Length];
        bytes.Replace(copy, (byte)'\r', (byte)'\n');
        return copy;
    }

    /// <summary>CR LF becomes LF on the way into the target, which is as long as the source. A CR alone stays. Returns the bytes written.</summary>
    public static int CopyWithoutCarriageReturns(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var end = source.IndexOf("\r\n"u8);
            var run = end < 0 ? source : source[..end];
            run.CopyTo(target[written..]);
            written += run.Length;
            if (end < 0)
                return written;
            target[written++] = (byte)'\n';
            source = source[(end + 2)..];
        }
    }

    /// <summary>CR LF becomes LF, in place. A CR alone stays.</summary>
    public static Span<byte> DropCarriageReturns(Span<byte> text)
    {
        var first = text.IndexOf("\r\n"u8);
        if (first < 0)
            return text;
        var written = first;
        for (var at = first + 1; at < text.Length;)
        {
            var next = text[at..].IndexOf("\r\n"u8);
            var run = next < 0 ? text.Length - at : next;
            text.Slice(at, run).CopyTo(text[written..]);
            written += run;
            at += run + 1;
        }
        return text[..written];
    }
}
