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
}
