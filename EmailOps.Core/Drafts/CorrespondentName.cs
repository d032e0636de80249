namespace EmailOps.Core.Drafts;

/// <summary>The name to greet with. A header name is hostile input: it is used only when it looks like a person's name.</summary>
internal static class CorrespondentName
{
    private const int Longest = 40;

    /// <summary>Trimmed and put in order ("Weber, Jana" becomes "Jana Weber"); null when it is an address, a role or anything odd.</summary>
    public static string? Of(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
            return null;
        var name = header.Trim().Trim('"', '\'').Trim();
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma > 0 && name.IndexOf(',', comma + 1) < 0)
            name = $"{name[(comma + 1)..].Trim()} {name[..comma].Trim()}";
        if (name.Length is < 2 or > Longest || name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 4)
            return null;
        foreach (var c in name)
            if (!char.IsLetter(c) && c is not (' ' or '-' or '\'' or '.' or '’') && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark)
                return null;
        // All capitals or all small is how the mail client was set up.
        return name.Any(char.IsLower) && name.Any(char.IsUpper) || name.Any(c => c > '\u0370') ? name : System.Globalization.CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name.ToLowerInvariant());
    }
}
