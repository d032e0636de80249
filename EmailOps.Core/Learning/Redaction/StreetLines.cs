namespace EmailOps.Core.Learning.Redaction;

/// <summary>Lines of a postal address where street word and house number leave no doubt; a post code and town right behind go with them.</summary>
internal static class StreetLines
{
    private const int Longest = 80;
    /// <summary>Ends of one capitalised word before a house number.</summary>
    private static readonly string[] s_endings = ["straße", "strasse", "str.", "gasse", "weg", "allee", "platz", "damm", "ufer", "ring", "straat", "laan", "plein", "gracht", "gatan", "vägen", "gata", "vej", "gade", "veien", "katu", "tie"];
    private static readonly string[] s_before = ["rue ", "avenue ", "boulevard ", "chemin ", "impasse ", "via ", "viale ", "piazza ", "corso ", "calle ", "avenida ", "avda. ", "c/ ", "plaza ", "rua ", "travessa ", "ul. ", "ulica ", "al. ", "os. "];
    private static readonly string[] s_english = ["street", "st", "road", "rd", "avenue", "ave", "lane", "ln", "drive", "dr", "way", "court", "close", "boulevard", "blvd", "terrace", "crescent", "square"];

    public static SecretSpan Find(ReadOnlySpan<char> text, int at)
    {
        if (!SecretScan.Begins(text, at))
            return default;
        var line = text.Slice(at, Math.Min(Longest, text.Length - at));
        var stop = line.IndexOfAny('\n', '\r');
        if (stop >= 0)
            line = line[..stop];
        var length = char.IsAsciiDigit(line[0]) ? NumberFirst(line) : char.IsUpper(line[0]) || char.IsLower(line[0]) ? NumberLast(line) : 0;
        if (length == 0)
            return default;
        return new SecretSpan(RedactedKind.Street, at, length + Town(text[(at + length)..]));
    }

    /// <summary>"Birkenweg 12a", "Kleine Gasse 4", "Via Roma, 5", "ul. Długa 7/3".</summary>
    private static int NumberLast(ReadOnlySpan<char> line)
    {
        foreach (var prefix in s_before)
            if (line.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return HouseAfter(line, prefix.Length, 5);
        if (!char.IsUpper(line[0]))
            return 0;
        var end = 0;
        for (var words = 0; words < 3; words++)
        {
            var stop = WordEnd(line, end);
            if (stop == end)
                return 0;
            foreach (var ending in s_endings)
                if (line[..stop].EndsWith(ending, StringComparison.OrdinalIgnoreCase) && (stop - end > ending.Length + 2 || (words > 0 && char.IsUpper(line[end]))))
                    return House(line, stop);
            if (stop >= line.Length || line[stop] != ' ' || stop + 1 >= line.Length || !char.IsUpper(line[stop + 1]))
                return 0;
            end = stop + 1;
        }
        return 0;
    }

    /// <summary>"12 Harbour Street", "14 bis rue de la Paix".</summary>
    private static int NumberFirst(ReadOnlySpan<char> line)
    {
        var end = 0;
        while (end < line.Length && end < 5 && char.IsAsciiDigit(line[end]))
            end++;
        if (end < line.Length && char.IsAsciiLetter(line[end]) && (end + 1 == line.Length || !char.IsLetter(line[end + 1])))
            end++;
        if (end < line.Length && line[end] == ',')
            end++;
        if (end >= line.Length || line[end] != ' ')
            return 0;
        end++;
        if (line[end..].StartsWith("bis ", StringComparison.Ordinal) || line[end..].StartsWith("ter ", StringComparison.Ordinal))
            end += 4;
        foreach (var prefix in s_before)
            if (line[end..].StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return Words(line, end + prefix.Length, 4);
        for (var words = 0; words < 4 && end < line.Length && char.IsUpper(line[end]); words++)
        {
            var stop = WordEnd(line, end);
            if (words > 0)
                foreach (var name in s_english)
                    if (line[end..stop].TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase))
                        return stop;
            if (stop >= line.Length || line[stop] != ' ')
                return 0;
            end = stop + 1;
        }
        return 0;
    }

    private static int HouseAfter(ReadOnlySpan<char> line, int from, int most)
    {
        var end = from;
        for (var words = 0; words < most && end < line.Length; words++)
        {
            var stop = WordEnd(line, end);
            if (stop == end)
                return 0;
            if (House(line, stop) is > 0 and var house)
                return house;
            if (stop >= line.Length || line[stop] != ' ')
                return 0;
            end = stop + 1;
        }
        return 0;
    }

    private static int House(ReadOnlySpan<char> line, int from)
    {
        var i = from;
        while (i < line.Length && i - from < 6 && line[i] is ' ' or ',' or '.' or 'n' or 'º' or '°')
            i++;
        var digits = i;
        while (i < line.Length && i - digits < 5 && char.IsAsciiDigit(line[i]))
            i++;
        if (i == digits || i - digits > 4 || i == from)
            return 0;
        while (i < line.Length && i - digits < 10 && (char.IsAsciiDigit(line[i]) || line[i] is '/' or '-'))
            i++;
        if (i < line.Length && char.IsAsciiLetter(line[i]) && (i + 1 == line.Length || !char.IsLetterOrDigit(line[i + 1])))
            i++;
        return i == line.Length || !char.IsLetter(line[i]) ? i : 0;
    }

    private static int Words(ReadOnlySpan<char> line, int from, int most)
    {
        var end = from;
        for (var words = 0; words < most; words++)
        {
            var stop = WordEnd(line, end);
            if (stop == end)
                break;
            end = stop;
            if (stop >= line.Length || line[stop] != ' ' || stop + 1 >= line.Length || !char.IsLetter(line[stop + 1]) || (!char.IsUpper(line[stop + 1]) && WordEnd(line, stop + 1) - stop > 4))
                break;
            end = stop + 1;
        }
        return end > from + 2 ? end : 0;
    }

    /// <summary>", 20095 Hamburg" or the same on the next line.</summary>
    private static int Town(ReadOnlySpan<char> rest)
    {
        var i = 0;
        while (i < rest.Length && i < 4 && rest[i] is ' ' or ',' or '\n' or '\r')
            i++;
        var digits = i;
        while (i < rest.Length && i - digits < 6 && (char.IsAsciiDigit(rest[i]) || (rest[i] is '-' or ' ' && i > digits && i + 1 < rest.Length && char.IsAsciiDigit(rest[i + 1]))))
            i++;
        if (i == 0 || i - digits < 4 || i >= rest.Length || rest[i] != ' ' || i + 1 >= rest.Length || !char.IsUpper(rest[i + 1]))
            return 0;
        return WordEnd(rest, i + 1);
    }

    private static int WordEnd(ReadOnlySpan<char> line, int from)
    {
        var end = from;
        while (end < line.Length && (char.IsLetter(line[end]) || line[end] is '\'' or '’' || (line[end] is '-' or '.' && end > from)))
            end++;
        return end;
    }
}
