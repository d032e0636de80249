using System.Collections.Frozen;

namespace EmailOps.Mail.Automated;

/// <summary>Reply and forward prefixes of subjects, by language (RFC 5322, section 3.6.5, knows "Re: " only).</summary>
public static class SubjectPrefix
{
    private static readonly FrozenSet<string> Replies = FrozenSet.ToFrozenSet(
    [
        "re", "aw", "antw", "sv", "vs", "odp", "res", "rif", "ref", "ynt", "на", "отв", "відп", "回复", "回覆", "答复", "回信", "답장", "vá", "απ", "σχετ", "תגובה", "رد", "ref.", "bls", "atb", "回", "返信",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Forwards = FrozenSet.ToFrozenSet(
    [
        "fw", "fwd", "wg", "tr", "rv", "enc", "i", "doorst", "vl", "pd", "vb", "vid", "ilt", "轉寄", "转发", "전달", "továbbítás", "προώθ", "הועבר",
    ], StringComparer.OrdinalIgnoreCase);

    public static bool IsReplyOrForward(ReadOnlySpan<char> subject) => Starts(subject.TrimStart(), out _, Replies, Forwards);

    /// <summary>Whether the outermost prefix is that of a reply.</summary>
    public static bool IsReply(string subject) => Starts(subject.AsSpan().TrimStart(), out _, Replies);

    /// <summary>The subject behind all its reply and forward prefixes.</summary>
    public static ReadOnlySpan<char> Strip(string subject)
    {
        var rest = subject.AsSpan().Trim();
        while (Starts(rest, out var behind, Replies, Forwards))
            rest = rest[behind..].TrimStart();
        return rest;
    }

    // "Re:", "RE[2]:", "AW (3) :"
    private static bool Starts(ReadOnlySpan<char> subject, out int behind, params ReadOnlySpan<FrozenSet<string>> sets)
    {
        var colon = subject.IndexOfAny(':', '\uFF1A');
        behind = colon + 1;
        if (colon is <= 0 or > 12)
            return false;
        var word = subject[..colon].TrimEnd("0123456789[]() ").Trim();
        foreach (var set in sets)
        {
            if (set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
                return true;
        }

        return false;
    }
}
