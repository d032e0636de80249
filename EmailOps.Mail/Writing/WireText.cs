namespace EmailOps.Mail.Writing;

/// <summary>What every server takes (RFC 5321 section 4.5.3.1.6, RFC 5322 section 2.1.1): lines of at most 998 octets that end in CR LF, no other CR or LF, no NUL.</summary>
internal static class WireText
{
    private const int MaxLine = 998;

    /// <summary>Null, or what is wrong. A line end that only some servers see is how one mail is made into two (SMTP smuggling), so it is never sent.</summary>
    public static string? Problem(ReadOnlySpan<byte> mail)
    {
        while (!mail.IsEmpty)
        {
            var end = mail.IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            if ((end < 0 ? mail.Length : end) > MaxLine)
                return $"A line is longer than {MaxLine} octets.";
            if (end < 0)
                return null;
            if (mail[end] != '\r' || end + 1 == mail.Length || mail[end + 1] != '\n')
                return "A carriage return, line feed or NUL stands by itself.";
            mail = mail[(end + 2)..];
        }
        return null;
    }
}
