using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Entities;

/// <summary>
/// Dates in the ways people write them: "2026-11-21", "21.11.2026", "21/11", "21. November", "November 21, 2026", "21 de noviembre",
/// "11月21日", "tomorrow", "by Friday". The value is ISO 8601. A day without a year is the one nearest to the day the mail came in.
/// </summary>
internal static class DateReader
{
    public static bool TryRead(TextTokens text, int at, string language, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        if (tokens[at].Kind == TokenKind.Number)
        {
            if (tokens[at].Length is 3 or > 4)
                return false;
            return TryNumeric(text, at, language, today, out entity) || TryIdeographs(text, at, today, out entity) || TryDayMonth(text, at, today, out entity);
        }
        return tokens[at].Kind switch
        {
            TokenKind.Word or TokenKind.Ideograph when !DateWords.Begins(tokens[at].Hash) => false,
            TokenKind.Word => TryMonthDay(text, at, today, out entity) || TryRelative(text, at, language, today, out entity),
            // "21st November", "5th".
            TokenKind.Mixed => TryDayMonth(text, at, today, out entity),
            TokenKind.Ideograph => TryRelative(text, at, language, today, out entity),
            _ => false,
        };
    }

    private static bool TryNumeric(TextTokens text, int at, string language, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        if (at + 1 >= tokens.Length || tokens[at + 1].Kind != TokenKind.Number || tokens[at + 1].Start != tokens[at].End + 1 || tokens[at + 1].Length > 2)
            return false;
        var separator = text.Folded[tokens[at].End];
        if (separator is not ('.' or '/' or '-'))
            return false;
        int first = Number(text, tokens[at]), second = Number(text, tokens[at + 1]);
        var hasThird = at + 2 < tokens.Length && tokens[at + 2].Kind == TokenKind.Number && tokens[at + 2].Start == tokens[at + 1].End + 1
            && text.Folded[tokens[at + 1].End] == separator && tokens[at + 2].Length is 2 or 4;
        if (tokens[at].Length == 4)
            return hasThird && Make(first, second, Number(text, tokens[at + 2]), out var iso) && Found(tokens[at].Start, tokens[at + 2].End, iso, out entity);
        if (hasThird)
        {
            var year = Number(text, tokens[at + 2]);
            if (tokens[at + 2].Length == 2)
                year += 2000;
            return Choose(first, second, year, separator, language, today, out var date) && Found(tokens[at].Start, tokens[at + 2].End, date, out entity);
        }
        // Without a year only "21.11." (with its second dot) and "21/11" are dates; "2.5" is a number.
        var end = tokens[at + 1].End;
        var dotted = separator == '.' && end < text.Text.Length && text.Text[end] == '.' && tokens[at + 1].Length + tokens[at].Length >= 3;
        if (!dotted && (separator != '/' || tokens[at].Length + tokens[at + 1].Length < 3))
            return false;
        return (Nearest(first, second, today, out var near) || (separator == '/' && Nearest(second, first, today, out near)))
            && Found(tokens[at].Start, dotted ? end + 1 : end, near, out entity);
    }

    /// <summary>Day first or month first: what is possible, then what the separator says, then what is nearer.</summary>
    private static bool Choose(int first, int second, int year, char separator, string language, DateOnly today, out DateOnly date)
    {
        var dayFirst = Make(year, second, first, out date);
        if (!Make(year, first, second, out var monthFirst) || separator == '.')
            return dayFirst;
        if (!dayFirst || (language == "en" && Distance(monthFirst, today) + 15 < Distance(date, today)))
            date = monthFirst;
        return true;
    }

    private static bool TryIdeographs(TextTokens text, int at, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var year = Part(text, at, '年');
        var from = year > 0 ? at + 2 : at;
        var month = Part(text, from, '月');
        var day = Part(text, from + 2, '日');
        if (month < 0 || day < 0)
            return false;
        return (year > 0 ? Make(year, month, day, out var date) : Nearest(day, month, today, out date))
            && Found(tokens[at].Start, tokens[from + 3].End, date, out entity);
    }

    /// <summary>A number with its unit right behind it, -1 when there is none.</summary>
    private static int Part(TextTokens text, int at, char unit)
    {
        var tokens = text.Tokens;
        return at + 1 < tokens.Length && tokens[at].Kind == TokenKind.Number && tokens[at].Length <= 4 && tokens[at + 1].Start == tokens[at].End && text.Text[tokens[at + 1].Start] == unit
            ? Number(text, tokens[at])
            : -1;
    }

    /// <summary>"21. November 2026", "21st of May", "21 de noviembre de 2026".</summary>
    private static bool TryDayMonth(TextTokens text, int at, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var day = Day(text, tokens[at]);
        if (day == 0)
            return false;
        var k = at + 1;
        if (k < tokens.Length && DateWords.IsOf(tokens[k].Hash))
            k++;
        if (k >= tokens.Length || tokens[k].Start - tokens[at].End > 5 || !DateWords.TryMonth(tokens[k].Hash, out var month))
            return false;
        return Finish(text, at, k, day, month, today, out entity);
    }

    /// <summary>"November 21, 2026".</summary>
    private static bool TryMonthDay(TextTokens text, int at, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        if (at + 1 >= tokens.Length || tokens[at + 1].Start - tokens[at].End > 2 || !DateWords.TryMonth(tokens[at].Hash, out var month))
            return false;
        var day = Day(text, tokens[at + 1]);
        return day > 0 && Finish(text, at, at + 1, day, month, today, out entity);
    }

    private static bool Finish(TextTokens text, int from, int to, int day, int month, DateOnly today, out FoundEntity entity)
    {
        var tokens = text.Tokens;
        var k = to + 1;
        if (k < tokens.Length && DateWords.IsOf(tokens[k].Hash))
            k++;
        if (k < tokens.Length && tokens[k].Kind == TokenKind.Number && tokens[k].Length == 4 && tokens[k].Start - tokens[to].End <= 5
            && Number(text, tokens[k]) is >= 1990 and <= 2100 and var year && Make(year, month, day, out var date))
            return Found(tokens[from].Start, tokens[k].End, date, out entity);
        entity = default;
        return Nearest(day, month, today, out date) && Found(tokens[from].Start, tokens[to].End, date, out entity);
    }

    private static bool TryRelative(TextTokens text, int at, string language, DateOnly today, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var before = at > 0 ? tokens[at - 1].Hash : 0;
        if (DateWords.TryRelative(tokens, at, language, out var days, out var count))
        {
            if (DateWords.IsMorning(before))
                return false;
            return Found(tokens[at].Start, tokens[at + count - 1].End, today.AddDays(days), out entity);
        }
        if (!DateWords.TryWeekday(tokens[at].Hash, language, out var weekday))
            return false;
        // A bare weekday is mostly one that has passed ("I ordered on Sunday"); "by", "next" and the like point ahead.
        var ahead = DateWords.PointsAhead(before) || (at > 1 && DateWords.PointsAhead(tokens[at - 2].Hash));
        var shift = ((int)weekday - (int)today.DayOfWeek + 7) % 7;
        if (ahead && shift == 0)
            shift = 7;
        else if (!ahead && shift > 0)
            shift -= 7;
        return Found(tokens[at].Start, tokens[at].End, today.AddDays(shift), out entity);
    }

    private static int Day(TextTokens text, in Token token)
    {
        var digits = text.FoldedOf(token);
        if (token.Kind == TokenKind.Mixed && digits.Length is 3 or 4)
            digits = digits[^2..] is "st" or "nd" or "rd" or "th" || digits[^1] == 'e' ? digits.TrimEnd("stndrhe") : digits;
        if (token.Kind == TokenKind.Mixed && digits is "1er")
            return 1;
        return digits.Length <= 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31 ? day : 0;
    }

    private static int Number(TextTokens text, in Token token)
        => int.TryParse(text.FoldedOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static bool Make(int year, int month, int day, out DateOnly date)
    {
        date = default;
        if (year is < 1900 or > 2100 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        date = new DateOnly(year, month, day);
        return true;
    }

    private static bool Nearest(int day, int month, DateOnly today, out DateOnly date)
    {
        date = default;
        var any = false;
        for (var year = today.Year - 1; year <= today.Year + 1; year++)
            if (Make(year, month, day, out var candidate) && (!any || Distance(candidate, today) < Distance(date, today)))
                (date, any) = (candidate, true);
        return any;
    }

    private static int Distance(DateOnly a, DateOnly b) => Math.Abs(a.DayNumber - b.DayNumber);

    private static bool Found(int start, int end, DateOnly date, out FoundEntity entity)
    {
        entity = new FoundEntity(EntityReader.Date, start, end - start, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return true;
    }
}
