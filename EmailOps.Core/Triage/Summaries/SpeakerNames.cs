namespace EmailOps.Core.Triage.Summaries;

/// <summary>Short names for who speaks in a thread: the first name where only one person has it, else the whole name; the address without its domain for who has none.</summary>
internal static class SpeakerNames
{
    private const int LongestName = 60;

    public static string[] Of(IReadOnlyList<ThreadMail> mails)
    {
        var whole = mails.Select(m => Whole(m.Speaker)).ToArray();
        var first = Array.ConvertAll(whole, First);
        return [.. whole.Select((name, i) => whole.Any(other => First(other) == first[i] && other != name) ? name : first[i])];
    }

    /// <summary>"Dickinson, Ian J" becomes "Ian J Dickinson"; quotation marks and what stands in brackets go.</summary>
    private static string Whole(string speaker)
    {
        var bracket = speaker.IndexOf('<', StringComparison.Ordinal);
        var name = (bracket > 0 ? speaker[..bracket] : speaker).Trim(' ', '"', '\'', '<', '>', '\t', ',');
        if (name.IndexOf('(', StringComparison.Ordinal) is > 0 and var note)
            name = name[..note].Trim();
        if (name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at)
            name = name[..at];
        if (name.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && name.IndexOf(',', comma + 1) < 0)
            name = $"{name[(comma + 1)..].Trim()} {name[..comma].Trim()}";
        return name.Length <= LongestName ? name : name[..LongestName];
    }

    private static string First(string name) => name.IndexOf(' ', StringComparison.Ordinal) is > 1 and var space ? name[..space] : name;
}
