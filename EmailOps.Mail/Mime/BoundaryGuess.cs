namespace EmailOps.Mail;

/// <summary>The delimiter of a multipart that does not name one: a line that starts with "--" and is followed by a Content- field.</summary>
internal static class BoundaryGuess
{
    // Far enough for a preamble. What comes later is text about mail, not mail.
    private const int Within = 8 * 1024;

    public static byte[]? From(ReadOnlySpan<byte> body)
    {
        body = body[..Math.Min(body.Length, Within)];
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'\n');
            if (end < 0)
                return null;
            var line = body[..end].TrimEnd(" \t\r"u8);
            body = body[(end + 1)..];
            if (line.Length is > 2 and < Boundaries.MaxLength && line.StartsWith("--"u8) && StartsField(body))
                return line[2..].ToArray();
        }
        return null;
    }

    private static bool StartsField(ReadOnlySpan<byte> line) =>
        line.Length > 8 && System.Text.Ascii.EqualsIgnoreCase(line[..8], "content-"u8);
}
