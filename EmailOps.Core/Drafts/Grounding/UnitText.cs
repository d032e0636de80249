using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>The unit of a figure, from the words around it.</summary>
internal static class UnitText
{
    /// <summary>"EUR 49", "€49": the currency before a number; moves the start to it.</summary>
    public static string? Before(ReadOnlySpan<char> folded, ref int start)
    {
        var at = start - 1;
        if (at > 0 && folded[at] == ' ')
            at--;
        if (at < 0)
            return null;
        if (Symbol(folded[at]) is { } symbol && symbol != "percent")
        {
            start = at;
            return symbol;
        }
        var begin = at;
        while (begin >= 0 && at - begin < 4 && CharacterTables.Kind(folded[begin]) == CharacterKind.Letter)
            begin--;
        if (at - begin is < 2 or > 3 || (begin >= 0 && CharacterTables.Kind(folded[begin]) == CharacterKind.Letter))
            return null;
        if (!GroundingWords.Units.TryGetValue(Hash32.OfFoldedWord(folded[(begin + 1)..(at + 1)]), out var unit) || unit.Length != 3 || !char.IsAsciiLetterUpper(unit[0]))
            return null;
        start = begin + 1;
        return unit;
    }

    /// <summary>"14 working days", "30-day", "20 %", "49,- EUR", "3日": the unit after a number; empty when there is none.</summary>
    /// <param name="end">Behind the unit, or where the number ends.</param>
    public static string After(TextTokens text, int from, out int end)
    {
        var folded = text.Folded;
        end = from;
        var at = from;
        if (at + 1 < folded.Length && folded[at] is ',' or '.' && folded[at + 1] == '-')
            at += 2;
        while (at < folded.Length && at - from < 4 && folded[at] is ' ' or '-' or '\u00B0')
            at++;
        if (at >= folded.Length)
            return "";
        if (Symbol(folded[at]) is { } symbol)
        {
            end = at + 1;
            return symbol;
        }
        foreach (var (spelled, unit) in GroundingWords.IdeographUnits)
            if (folded[at..].StartsWith(spelled, StringComparison.Ordinal))
            {
                end = at + spelled.Length;
                return unit;
            }
        if (CharacterTables.Kind(folded[at]) != CharacterKind.Letter)
            return "";
        return Words(text, at, ref end);
    }

    private static string Words(TextTokens text, int at, ref int end)
    {
        var isWorking = false;
        for (var words = 0; words < 3; words++)
        {
            var (start, stop) = Word(text.Folded, at);
            if (stop == start)
                return "";
            var hash = Hash32.OfFoldedWord(text.Folded[start..stop]);
            if (GroundingWords.Units.TryGetValue(hash, out var unit))
            {
                end = stop;
                // "jours ouvrés": the kind of day stands behind it.
                var (nextStart, nextStop) = Word(text.Folded, stop);
                if (unit == "day" && !isWorking && nextStop > nextStart && GroundingWords.Working.Contains(Hash32.OfFoldedWord(text.Folded[nextStart..nextStop])))
                    (isWorking, end) = (true, nextStop);
                return unit == "day" && isWorking ? "workday" : unit;
            }
            if (text.Folded[start..stop] is "per" && text.Folded[stop..].StartsWith(" cent") || text.Folded[start..stop] is "pour" && text.Folded[stop..].StartsWith(" cent") || text.Folded[start..stop] is "por" && text.Folded[stop..].StartsWith(" cien"))
            {
                end = Word(text.Folded, stop).Stop;
                return "percent";
            }
            if (GroundingWords.Working.Contains(hash))
                isWorking = true;
            else if (!GroundingWords.Between.Contains(hash))
                return "";
            at = stop;
        }
        return "";
    }

    private static (int Start, int Stop) Word(ReadOnlySpan<char> folded, int at)
    {
        while (at < folded.Length && folded[at] is ' ' or '-')
            at++;
        var stop = at;
        while (stop < folded.Length && stop - at < 24 && CharacterTables.Kind(folded[stop]) == CharacterKind.Letter)
            stop++;
        return (at, stop);
    }

    private static string? Symbol(char c) => c switch { '€' => "EUR", '$' => "USD", '£' => "GBP", '¥' or '￥' => "JPY", '%' or '％' => "percent", _ => null };
}
