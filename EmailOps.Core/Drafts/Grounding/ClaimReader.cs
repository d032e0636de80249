using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>
/// Reads what can be checked: figures with their units, dates, times, addresses, numbers of orders. One pass over the tokens; what one
/// reader took is not looked at again. Names are read by <see cref="NameReader"/>, which needs to know the language.
/// </summary>
internal static class ClaimReader
{
    private const int Most = 400;

    public static void Read(TextTokens text, List<Claim> claims)
    {
        var tokens = text.Tokens;
        for (var i = 0; i < tokens.Length && claims.Count < Most;)
        {
            var next = i;
            if (AddressClaims.TryRead(text, i, out var address))
                (next, _) = (text.TokenAt(address.End), Add(claims, address));
            else if (tokens[i].Kind == TokenKind.Number || (tokens[i].Kind == TokenKind.Mixed && char.IsAsciiDigit(text.Text[tokens[i].Start])))
                next = Figure(text, i, claims);
            else if (tokens[i].Kind == TokenKind.Word)
                next = Word(text, i, claims);
            i = Math.Max(i + 1, next);
        }
        ShareUnits(text, claims);
    }

    private static bool Add(List<Claim> claims, in Claim claim)
    {
        claims.Add(claim);
        return true;
    }

    /// <summary>A number word with a unit, a month, a weekday.</summary>
    private static int Word(TextTokens text, int at, List<Claim> claims)
    {
        var token = text.Tokens[at];
        if (GroundingWords.Weekdays.TryGetValue(token.Hash, out var weekday))
            claims.Add(new Claim(ClaimKind.Date, token.Start, token.Length, $"weekday {weekday}", ""));
        else if (GroundingWords.Months.TryGetValue(token.Hash, out var month) && char.IsUpper(text.Text[token.Start]))
        {
            // "November 12"; a month by itself is a claim too, but "May we ask" is none.
            if (at + 1 < text.Tokens.Length && text.Tokens[at + 1] is { Kind: TokenKind.Number, Length: <= 2 } day && day.Start - token.End <= 2)
            {
                claims.Add(new Claim(ClaimKind.Date, token.Start, day.End - token.Start, $"{int.Parse(text.TextOf(day), CultureInfo.InvariantCulture)}/{month}", ""));
                return at + 2;
            }
            if (token.Length > 4)
                claims.Add(new Claim(ClaimKind.Date, token.Start, token.Length, $"month {month}", ""));
        }
        else if (GroundingWords.Numbers.TryGetValue(token.Hash, out var number) && UnitText.After(text, token.End, out var end) is { Length: > 0 } unit)
            claims.Add(Make(token.Start, end - token.Start, number, unit));
        return at + 1;
    }

    private static int Figure(TextTokens text, int at, List<Claim> claims)
    {
        var token = text.Tokens[at];
        if (IsListNumber(text, token))
            return at + 1;
        if (DateClaims.TryRead(text, at, claims, out var next))
            return next;
        var value = NumberText.Read(text, at, out var end);
        var start = token.Start;
        if (UnitText.Before(text.Folded, ref start) is { } money)
        {
            claims.Add(Make(start, end - start, value, money));
            return text.TokenAt(end);
        }
        var unit = UnitText.After(text, end, out var unitEnd);
        if (unit == "uhr")
        {
            claims.Add(new Claim(ClaimKind.Time, start, unitEnd - start, NumberText.Clock(value, 0, text.Folded[..unitEnd].EndsWith("pm")), ""));
            return text.TokenAt(unitEnd);
        }
        claims.Add(Make(start, unitEnd - start, value, unit));
        return Math.Max(at + 1, text.TokenAt(unitEnd));
    }

    private static Claim Make(int start, int length, decimal value, string unit)
    {
        // The same time said in two ways.
        if (unit == "week")
            (value, unit) = (value * 7, "day");
        var kind = unit == "percent" ? ClaimKind.Percent : unit.Length == 3 && char.IsAsciiLetterUpper(unit[0]) ? ClaimKind.Amount : ClaimKind.Number;
        return new Claim(kind, start, length, value.ToString("0.####", CultureInfo.InvariantCulture), unit);
    }

    /// <summary>"1. Open the form": counts, and claims nothing.</summary>
    private static bool IsListNumber(TextTokens text, in Token token)
    {
        var (from, end) = (token.Start - 1, token.End);
        while (from >= 0 && text.Text[from] is ' ' or '\t')
            from--;
        return token.Length <= 2 && (from < 0 || text.Text[from] == '\n') && end + 1 < text.Text.Length && text.Text[end] is '.' or ')' && text.Text[end + 1] == ' ';
    }

    /// <summary>"2-4 days", "5 to 10 EUR": the first figure has the unit of the second.</summary>
    private static void ShareUnits(TextTokens text, List<Claim> claims)
    {
        for (var i = claims.Count - 2; i >= 0; i--)
        {
            var (first, second) = (claims[i], claims[i + 1]);
            if (first.Kind != ClaimKind.Number || first.Unit.Length > 0 || second.Unit.Length == 0 || second.Start - first.End > 8 || second.Start <= first.End)
                continue;
            var between = text.Folded[first.End..second.Start].Trim();
            if (between is "-" or "/" or "," || (between.Length > 0 && GroundingWords.Range.Contains(Hash32.OfFolded(between))))
                claims[i] = first with { Kind = second.Kind, Unit = second.Unit, Value = second.Unit == "day" && IsWeeks(text, second) ? Times7(first.Value) : first.Value };
        }
    }

    private static bool IsWeeks(TextTokens text, in Claim claim) => GroundingWords.Units.GetValueOrDefault(text.Tokens[Math.Max(0, text.TokenAt(claim.End) - 1)].Hash) == "week";

    private static string Times7(string value) => decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var n) ? (n * 7).ToString("0.####", CultureInfo.InvariantCulture) : value;
}
