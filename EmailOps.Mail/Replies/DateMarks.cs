namespace EmailOps.Mail.Replies;

/// <summary>What of a point in time a line shows.</summary>
[Flags]
internal enum DateMark
{
    None = 0,
    Date = 1,
    Time = 2,
}

/// <summary>Recognises dates and times in any language by their digits: a year, numbers set apart by dots, slashes or dashes, or a time of day.</summary>
internal static class DateMarks
{
    public static DateMark In(ReadOnlySpan<char> text)
    {
        var found = DateMark.None;
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsAsciiDigit(text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (start > 0 && (char.IsAsciiLetter(text[start - 1]) || text[start - 1] is '@' or '_' or '+'))
                continue; // part of an address or a code
            var length = at - start;
            var next = at < text.Length ? text[at] : ' ';
            var follows = at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);
            if (length <= 2 && start > 0 && text[start - 1] is ':' or 'h' && start > 1 && char.IsAsciiDigit(text[start - 2]))
                continue; // minutes and seconds
            if (length <= 2 && ((follows && next is ':' or 'h') || next is '点' or '點' or '時' or '时' or '시'))
                found |= DateMark.Time;
            else if (length <= 2 && follows && next == '.' && LooksLikeDottedTime(text[start..]))
                found |= DateMark.Time;
            else if (length <= 2 || (length == 4 && text[start] is '1' or '2' && text[start + 1] is '9' or '0'))
                found |= DateMark.Date;
        }

        return found;
    }

    // "kl. 20.42": two digits, a dot, two digits, and no third number as a date would have.
    private static bool LooksLikeDottedTime(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        var number = text[..end].TrimEnd('.');
        return number.Length == 5 && number[2] == '.' && !number[3..].Contains('.') && number[0] <= '2' && number[3] <= '5';
    }
}
