namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>Finds the folder somebody meant.</summary>
internal static class FolderNames
{
    private const int Suggestions = 3;
    private const int Shown = 8;
    private const int MostCompared = 2000;
    private const int LongestCompared = 100;

    public static bool Same(string one, string other)
        => one == other || one.Equals("INBOX", StringComparison.OrdinalIgnoreCase) && other.Equals("INBOX", StringComparison.OrdinalIgnoreCase);

    /// <summary>"Did you mean ...", or what there is.</summary>
    public static string Fix(string wanted, IReadOnlyList<string> there)
    {
        if (there.Count == 0) return "The server shows no folders at all. Check that this user has a mailbox.";
        var near = there.Take(MostCompared).Select(name => (Name: name, Distance: Distance(wanted, name))).Where(n => n.Distance <= Math.Max(1, wanted.Length / 3))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).Take(Suggestions).Select(n => n.Name).ToList();
        return near.Count > 0
            ? $"Did you mean {string.Join(" or ", near)}? Names are told apart by case."
            : $"The server has: {string.Join(", ", there.Take(Shown))}{(there.Count > Shown ? $" and {there.Count - Shown} more" : "")}.";
    }

    /// <summary>0 for the same name in another case or under another parent ("INBOX.Support", "Shared/Support"), else the edits between them.</summary>
    internal static int Distance(string wanted, string name)
    {
        var leaf = name[(name.LastIndexOfAny(['/', '.', '\\']) + 1)..];
        if (name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || leaf.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return 0;
        if (wanted.Length > LongestCompared || leaf.Length > LongestCompared) return int.MaxValue;
        return Math.Min(Edits(wanted.ToUpperInvariant(), leaf.ToUpperInvariant()), Edits(wanted.ToUpperInvariant(), name.Length > LongestCompared ? leaf : name.ToUpperInvariant()));
    }

    private static int Edits(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++) row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), corner + (one[i - 1] == other[j - 1] ? 0 : 1));
                corner = above;
            }
        }
        return row[other.Length];
    }
}
