namespace EmailOps.Mail.Imap;

/// <summary>Quoted strings where a counted one is no choice.</summary>
internal static class ImapQuoted
{
    /// <summary>What ASCII has of the value, at most 200 characters.</summary>
    public static string Ascii(string value) =>
        $"\"{string.Concat(value.Take(200).Select(c => c is >= ' ' and <= '~' and not ('"' or '\\') ? c : '?'))}\"";
}
