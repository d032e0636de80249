using System.Collections.Frozen;

namespace EmailOps.Mail.Automated;

/// <summary>Reply and forward prefixes of subjects, by language.</summary>
internal static class SubjectPrefix
{
    private static readonly FrozenSet<string> Known = new[]
    {
        "re", "aw", "antw", "sv", "vs", "odp", "res", "rif", "ref", "ynt", "на", "отв", "відп", "回复", "回覆", "答复", "回信", "답장", "vá", "απ", "σχετ", "תגובה", "رد",
        "fw", "fwd", "wg", "tr", "rv", "enc", "i", "doorst", "vl", "pd", "vb", "vid", "ilt", "轉寄", "转发", "전달", "továbbítás", "προώθ", "הועבר",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsReplyOrForward(string subject)
    {
        var colon = subject.AsSpan().IndexOfAny(':', '\uFF1A');
        return colon is > 0 and <= 12 && Known.GetAlternateLookup<ReadOnlySpan<char>>().Contains(subject.AsSpan(0, colon).TrimEnd("0123456789[]() ").Trim());
    }

    /// <summary>The subject behind all its reply and forward prefixes.</summary>
    public static ReadOnlySpan<char> Strip(string subject)
    {
        var rest = subject.AsSpan().Trim();
        while (true)
        {
            var colon = rest.IndexOfAny(':', '\uFF1A');
            if (colon is <= 0 or > 12 || !Known.GetAlternateLookup<ReadOnlySpan<char>>().Contains(rest[..colon].TrimEnd("0123456789[]() ").Trim()))
                return rest;
            rest = rest[(colon + 1)..].TrimStart();
        }
    }
}
