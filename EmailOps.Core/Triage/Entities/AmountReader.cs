using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Triage.Entities;

/// <summary>Sums of money: "49,90 €", "EUR 1.249,00", "$1,249.00", "1 249 kr", "99,-", "12,800円". The value is "49.90 EUR".</summary>
internal static class AmountReader
{
    private static readonly Dictionary<string, string> s_currencies = new(StringComparer.Ordinal)
    {
        ["€"] = "EUR", ["eur"] = "EUR", ["euro"] = "EUR", ["euros"] = "EUR", ["ユーロ"] = "EUR", ["$"] = "USD", ["usd"] = "USD", ["dollar"] = "USD", ["dollars"] = "USD",
        ["£"] = "GBP", ["gbp"] = "GBP", ["pounds"] = "GBP", ["¥"] = "JPY", ["円"] = "JPY", ["jpy"] = "JPY", ["元"] = "CNY", ["cny"] = "CNY",
        ["zl"] = "PLN", ["zlotych"] = "PLN", ["pln"] = "PLN", ["chf"] = "CHF", ["sek"] = "SEK", ["dkk"] = "DKK", ["nok"] = "NOK", ["czk"] = "CZK", ["kc"] = "CZK",
        ["huf"] = "HUF", ["ft"] = "HUF", ["ron"] = "RON", ["lei"] = "RON", ["₽"] = "RUB", ["руб"] = "RUB", ["рублей"] = "RUB", ["₴"] = "UAH", ["грн"] = "UAH",
        ["₺"] = "TRY", ["tl"] = "TRY", ["₹"] = "INR", ["₩"] = "KRW", ["원"] = "KRW", ["cad"] = "CAD", ["aud"] = "AUD",
    };

    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_lookup = s_currencies.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryRead(TextTokens text, int at, string language, out FoundEntity entity)
    {
        entity = default;
        var tokens = text.Tokens;
        var start = tokens[at].Start;
        var number = at;
        // "EUR 49,90": the code comes first.
        string? currency = null;
        if (tokens[at].Kind == TokenKind.Word)
        {
            if (tokens[at].Length > 4 || at + 1 >= tokens.Length || tokens[at + 1].Kind != TokenKind.Number || tokens[at + 1].Start - tokens[at].End > 2
                || (currency = Currency(text.FoldedOf(tokens[at]), language)) == null)
                return false;
            number = at + 1;
        }
        else if (tokens[at].Kind != TokenKind.Number || tokens[at].Length > 9)
            return false;
        if (!TryNumber(text, number, out var value, out var end))
            return false;
        if (currency == null && start > 0)
        {
            var before = start - 1;
            if (text.Folded[before] == ' ' && before > 0)
                before--;
            if ((currency = Currency(text.Folded.Slice(before, 1), language)) != null && !char.IsLetter(text.Text[before]))
                start = before;
            else
                currency = null;
        }
        currency ??= After(text, ref end, language);
        if (currency == null)
            return false;
        entity = new FoundEntity(EntityReader.Amount, start, end - start, string.Create(CultureInfo.InvariantCulture, $"{value:0.00} {currency}"));
        return true;
    }

    private static string? After(TextTokens text, ref int end, string language)
    {
        var folded = text.Folded;
        var at = end;
        // "99,- EUR": the dash stands for no cents.
        if (at + 1 < folded.Length && folded[at] is ',' or '.' && folded[at + 1] == '-')
            at += 2;
        if (at < folded.Length && folded[at] == ' ')
            at++;
        if (at >= folded.Length)
            return null;
        var length = 1;
        if (CharacterTables.Kind(folded[at]) == CharacterKind.Letter)
            while (at + length < folded.Length && CharacterTables.Kind(folded[at + length]) == CharacterKind.Letter)
                length++;
        var currency = Currency(folded.Slice(at, length), language);
        if (currency != null)
            end = at + length;
        return currency;
    }

    private static string? Currency(ReadOnlySpan<char> folded, string language)
    {
        if (s_lookup.TryGetValue(folded, out var currency))
            return currency;
        return folded is "kr" or "kronor" or "kroner" ? language switch { "da" => "DKK", "no" => "NOK", _ => "SEK" } : null;
    }

    /// <summary>A number with its thousands and cents. The last separator with one or two digits behind it divides off cents.</summary>
    private static bool TryNumber(TextTokens text, int at, out decimal value, out int end)
    {
        var tokens = text.Tokens;
        Span<char> digits = stackalloc char[20];
        var count = 0;
        Append(text, tokens[at], digits, ref count);
        end = tokens[at].End;
        for (var k = at + 1; k < tokens.Length && tokens[k].Kind == TokenKind.Number && tokens[k].Start == end + 1 && count < 12; k++)
        {
            var separator = text.Folded[end];
            if (separator is not (',' or '.' or '\'' or ' '))
                break;
            if (tokens[k].Length == 3)
                Append(text, tokens[k], digits, ref count);
            else if (tokens[k].Length <= 2 && separator is ',' or '.')
            {
                digits[count++] = '.';
                Append(text, tokens[k], digits, ref count);
                end = tokens[k].End;
                break;
            }
            else
                break;
            end = tokens[k].End;
        }
        return decimal.TryParse(digits[..count], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    private static void Append(TextTokens text, in Token token, Span<char> digits, ref int count)
    {
        foreach (var c in text.FoldedOf(token))
            if (count < digits.Length - 4)
                digits[count++] = (char)('0' + Math.Max(0, CharUnicodeInfo.GetDecimalDigitValue(c)));
    }
}
