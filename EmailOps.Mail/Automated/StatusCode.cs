namespace EmailOps.Mail.Automated;

/// <summary>Finds enhanced status codes (RFC 3463) and SMTP reply codes (RFC 5321 section 4.2) in free text.</summary>
internal static class StatusCode
{
    /// <summary>How well a code is anchored in the text.</summary>
    internal enum Anchor
    {
        None,

        /// <summary>It stands alone: "5.1.1 User unknown".</summary>
        Bare,

        /// <summary>Marked as qmail does: "(#5.1.1)".</summary>
        Marked,

        /// <summary>Behind a reply code: "550 5.1.1", "550-5.1.1", "550 #5.1.0", "550-'5.7.1".</summary>
        Replied,
    }

    /// <summary>The best anchored code of a text; among equals the first, or the last when <paramref name="last"/>.</summary>
    public static string? Find(ReadOnlySpan<char> text, bool last = false) => Find(text, last, out _);

    public static string? Find(ReadOnlySpan<char> text, bool last, out Anchor anchor)
    {
        anchor = Anchor.None;
        string? best = null;
        for (var at = 0; at < text.Length; at++)
        {
            var found = text[at..].IndexOfAny('4', '5');
            if (found < 0)
                break;
            at += found;
            var length = Length(text, at);
            if (length == 0)
                continue;
            var here = AnchorOf(text, at);
            if (here != Anchor.None && (here > anchor || (last && here == anchor)))
                (best, anchor) = (text.Slice(at, length).ToString(), here);
            at += length - 1;
        }

        return best;
    }

    /// <summary>The code a Status field begins with: "5.0.0 (permanent failure)"; null when it is none.</summary>
    public static string? Of(string? field)
    {
        if (field is null)
            return null;
        var text = field.AsSpan().TrimStart();
        var length = Length(text, 0);
        return length > 0 ? text[..length].ToString() : null;
    }

    /// <summary>"x.0.0" and the like name a class only.</summary>
    public static bool IsVague(string? code) => code is null || code.EndsWith(".0.0", StringComparison.Ordinal) || code.EndsWith(".5.0", StringComparison.Ordinal);

    /// <summary>The first failing reply code (4xx, 5xx) that opens a line or follows "said:" and the like; 0 when there is none.</summary>
    public static int Reply(ReadOnlySpan<char> text)
    {
        for (var at = 0; at + 3 <= text.Length; at++)
        {
            var found = text[at..].IndexOfAny('4', '5');
            if (found < 0 || at + found + 3 > text.Length)
                return 0;
            at += found;
            if (IsReply(text, at))
                return ((text[at] - '0') * 100) + ((text[at + 1] - '0') * 10) + text[at + 2] - '0';
        }

        return 0;
    }

    private static bool IsReply(ReadOnlySpan<char> text, int at) =>
        text[at] is '4' or '5' && at + 3 <= text.Length && text[at + 1] is >= '0' and <= '7' && char.IsAsciiDigit(text[at + 2])
        && (at == 0 || text[at - 1] is ' ' or '\n' or '\t' or '[' or '(' or ':' or '<' or '"')
        && (at + 3 == text.Length || text[at + 3] is ' ' or '-' or ':' or '\n');

    // class "." subject "." detail; subjects go up to 7, details to 999 (RFC 3463 section 2). IP addresses and versions do not fit or have more dots.
    private static int Length(ReadOnlySpan<char> text, int at)
    {
        if (at + 5 > text.Length || text[at] is not ('2' or '4' or '5') || text[at + 1] != '.' || text[at + 2] is < '0' or > '7' || text[at + 3] != '.')
            return 0;
        if (at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '.'))
            return 0;
        var end = at + 4;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        var digits = end - at - 4;
        if (digits is 0 or > 3 || (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) || (end < text.Length && char.IsAsciiLetter(text[end])))
            return 0;
        return end - at;
    }

    private static Anchor AnchorOf(ReadOnlySpan<char> text, int at)
    {
        var before = text[..at].TrimEnd(" -'\"#:[(\n");
        if (before.Length >= 3 && at - before.Length <= 6 && IsReply(text, before.Length - 3))
            return Anchor.Replied;
        if (at > 0 && text[at - 1] == '#')
            return Anchor.Marked;
        // "Exim 4.7.2", "version 5.1.1": a program's version.
        before = text[..at].TrimEnd(' ');
        return before.Length > 0 && char.IsAsciiLetter(before[^1]) && EndsWithProgram(before) ? Anchor.None : Anchor.Bare;
    }

    private static bool EndsWithProgram(ReadOnlySpan<char> before)
    {
        foreach (var word in (ReadOnlySpan<string>)["version", "exim", "postfix", "sendmail", "ver", "v", "outlook", "server", "release"])
        {
            if (before.EndsWith(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
