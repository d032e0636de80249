namespace EmailOps.Core.Learning;

/// <summary>A sentence: where it stands, and whether it asks.</summary>
internal readonly record struct Sentence(int Start, int Length, bool IsQuestion)
{
    public int End => Start + Length;
    public ReadOnlySpan<char> Of(string text) => text.AsSpan(Start, Length);
}

/// <summary>
/// Cuts text into sentences: at . ! ? and their full-width forms, at blank lines, and at the end of short lines (greetings, list
/// items; a long line that ends without a stop was wrapped). Does not cut in numbers, initials and usual abbreviations.
/// </summary>
internal static class Sentences
{
    /// <summary>A line shorter than this was ended on purpose.</summary>
    private const int WrappedLine = 50;

    private static readonly HashSet<string> s_abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "dr", "mr", "mrs", "ms", "prof", "st", "nr", "no", "art", "abs", "ca", "bzw", "evtl", "inkl", "exkl", "zzgl", "usw", "vgl", "tel", "str", "hr", "fr",
        "approx", "incl", "excl", "vs", "etc", "e.g", "i.e", "z.b", "d.h", "u.a", "o.ä", "m", "mme", "sr", "sra", "sig", "dott", "núm", "num", "dhr", "mevr", "bijv", "np", "ul", "godz", "pan", "jan",
        "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "t.ex", "bl.a", "kl", "p.ex", "ex", "min", "max",
    };

    public static void Split(string text, int from, List<Sentence> sentences)
    {
        var start = from;
        var lineStart = from;
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                if (i - lineStart < WrappedLine || IsBlankOrItem(text, i + 1))
                {
                    Add(text, start, i, sentences);
                    start = i + 1;
                }
                lineStart = i + 1;
            }
            else if (c is '。' or '！' or '？' or '؟')
            {
                Add(text, start, i + 1, sentences);
                start = i + 1;
            }
            else if (c is '.' or '!' or '?' or '…' && Ends(text, start, i))
            {
                while (i + 1 < text.Length && text[i + 1] is '.' or '!' or '?' or '"' or '\'' or ')' or '”' or '»')
                    i++;
                Add(text, start, i + 1, sentences);
                start = i + 1;
            }
        }
        Add(text, start, text.Length, sentences);
    }

    private static bool Ends(string text, int start, int at)
    {
        var next = at + 1;
        while (next < text.Length && text[next] is '.' or '!' or '?' or '"' or '\'' or ')' or '”' or '»')
            next++;
        if (next >= text.Length)
            return true;
        if (!char.IsWhiteSpace(text[next]))
            return false;
        if (text[at] != '.')
            return true;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        if (next < text.Length && char.IsLower(text[next]) && text[at] == '.' && !(at > 0 && char.IsLower(text[at - 1])))
            return false;
        var word = at;
        while (word > start && (char.IsLetterOrDigit(text[word - 1]) || (text[word - 1] == '.' && word - 1 > start)))
            word--;
        var last = text.AsSpan(word, at - word);
        // "21. November": a number of one or two digits before a word is an ordinal.
        if (last.Length is 1 or 2 && char.IsAsciiDigit(last[0]) && char.IsAsciiDigit(last[^1]) && next < text.Length && char.IsLetter(text[next]))
            return false;
        if (last.Length == 1 && char.IsUpper(last[0]))
            return false;
        return last.Length > 5 || !s_abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(last);
    }

    private static bool IsBlankOrItem(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r')
            at++;
        if (at >= text.Length || text[at] is '\n' or '-' or '*' or '•' or '>' or '·')
            return true;
        return char.IsAsciiDigit(text[at]) && at + 1 < text.Length && text[at + 1] is '.' or ')';
    }

    private static void Add(string text, int start, int end, List<Sentence> sentences)
    {
        while (start < end && (char.IsWhiteSpace(text[start]) || text[start] is '-' or '*' or '•' or '·' && start + 1 < end && text[start + 1] == ' '))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        if (end <= start)
            return;
        var tail = text.AsSpan(start, end - start).TrimEnd("\"')”»!.…");
        var asks = tail.Length > 1 && tail[^1] is '?' or '？' or '؟' or ';' && (tail[^1] != ';' || text[start] is >= '\u0370' and <= '\u03FF');
        sentences.Add(new Sentence(start, end - start, asks || EndsWithKa(tail, text.AsSpan(start, end - start))));
    }

    /// <summary>Japanese questions often end in か。 without a question mark.</summary>
    private static bool EndsWithKa(ReadOnlySpan<char> tail, ReadOnlySpan<char> whole)
        => whole.Length > 3 && whole[^1] == '。' && tail.TrimEnd('。').EndsWith("か", StringComparison.Ordinal);
}
