namespace EmailOps.Core.Learning;

/// <summary>A rough stem, the same for most forms of a word in languages that inflect at the end. Only ever compared with other stems.</summary>
internal static class Stems
{
    private const int Least = 3;

    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty || word[^1] is not ('g' or 'd' or 's' or 'y'))
            return word;
        foreach (var suffix in s_suffixes)
            if (word.Length - suffix.Length >= Least && word.EndsWith(suffix, StringComparison.Ordinal))
                return word[..^suffix.Length];
        return word;
    }

    /// <summary>Longest first; all end in g, d, s or y.</summary>
    private static readonly string[] s_suffixes = ["ingly", "edly", "ing", "ed", "ies", "es", "s", "ly"];
}
