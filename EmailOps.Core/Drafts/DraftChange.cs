namespace EmailOps.Core.Drafts;

/// <summary>How much of a draft people changed before they used it.</summary>
internal static class DraftChange
{
    /// <summary>Drafts changed less than this could have left as they stood: a typing mistake, another greeting.</summary>
    public const double Slight = 0.1;
    /// <summary>Words compared; what follows counts as alike. Guards the time of a hostile body: the cost grows with the square.</summary>
    private const int MostWords = 2_000;

    /// <summary>Share of words taken out, put in or replaced, of the longer text: Levenshtein's distance over words, 0-1.</summary>
    public static double Share(string proposed, string used)
    {
        var (a, b) = (Words(proposed), Words(used));
        var longer = Math.Max(a.Length, b.Length);
        if (longer == 0) return 0;
        var (row, next) = (new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
                next[j] = Math.Min(Math.Min(row[j], next[j - 1]) + 1, row[j - 1] + (string.Equals(a[i - 1], b[j - 1], StringComparison.Ordinal) ? 0 : 1));
            (row, next) = (next, row);
        }
        return (double)row[b.Length] / longer;
    }

    private static string[] Words(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length <= MostWords ? words : words[..MostWords];
    }
}
