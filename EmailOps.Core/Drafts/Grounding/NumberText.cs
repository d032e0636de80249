using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Numbers as people write them: "1.249,00", "1 249", "14,9", "30th".</summary>
internal static class NumberText
{
    /// <param name="end">Behind the last digit that belongs to it.</param>
    public static decimal Read(TextTokens text, int at, out int end)
    {
        var tokens = text.Tokens;
        Span<char> digits = stackalloc char[24];
        var count = 0;
        end = tokens[at].Start;
        while (end < tokens[at].End && char.IsDigit(text.Text[end]))
            Append(text.Text[end++], digits, ref count);
        // "30th", "5kg": what follows the digits is not part of the number.
        if (end < tokens[at].End)
            return Parse(digits[..count]);
        var zero = count == 1 && digits[0] == '0';
        for (var k = at + 1; k < tokens.Length && tokens[k].Kind == TokenKind.Number && tokens[k].Start == end + 1 && count < 16; k++)
        {
            var separator = text.Folded[end];
            if (tokens[k].Length == 3 && !zero && separator is ',' or '.' or '\'' or ' ' && (separator != ' ' || count <= 3))
                AppendAll(text, tokens[k], digits, ref count);
            else if (separator is ',' or '.' && tokens[k].Length <= 4)
            {
                digits[count++] = '.';
                AppendAll(text, tokens[k], digits, ref count);
                end = tokens[k].End;
                break;
            }
            else
                break;
            end = tokens[k].End;
        }
        return Parse(digits[..count]);
    }

    /// <summary>"17:30" from hours and minutes; twelve-hour clocks are turned.</summary>
    public static string Clock(decimal hours, int minutes, bool afternoon) => string.Create(CultureInfo.InvariantCulture, $"{(afternoon && hours < 12 ? hours + 12 : hours):00}:{minutes:00}");

    private static void AppendAll(TextTokens text, in Token token, Span<char> digits, ref int count)
    {
        foreach (var c in text.FoldedOf(token))
            Append(c, digits, ref count);
    }

    private static void Append(char c, Span<char> digits, ref int count)
    {
        if (count < digits.Length - 2)
            digits[count++] = (char)('0' + Math.Max(0, CharUnicodeInfo.GetDecimalDigitValue(c)));
    }

    private static decimal Parse(ReadOnlySpan<char> digits) => decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
