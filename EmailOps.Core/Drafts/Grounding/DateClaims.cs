using System.Globalization;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Days and times that begin with a figure: "12 November 2026", "12.11.2026", "2026-11-12", "11月12日", "17:30".</summary>
internal static class DateClaims
{
    public static bool TryRead(TextTokens text, int at, List<Claim> claims, out int next)
    {
        var token = text.Tokens[at];
        next = at + 1;
        if (token.Kind == TokenKind.Number && token.Length is 3 or > 4)
            return false;
        return TryClock(text, at, claims, ref next) || TryNumeric(text, at, claims, ref next) || TryNamed(text, at, claims, ref next) || TryIdeographs(text, at, claims, ref next);
    }

    private static bool TryClock(TextTokens text, int at, List<Claim> claims, ref int next)
    {
        var tokens = text.Tokens;
        if (at + 1 >= tokens.Length || tokens[at + 1] is not { Kind: TokenKind.Number, Length: 2 } minutes || minutes.Start != tokens[at].End + 1 || text.Folded[tokens[at].End] != ':' || tokens[at].Length > 2 || tokens[at].Kind != TokenKind.Number)
            return false;
        var afternoon = text.Folded[minutes.End..].TrimStart(' ').StartsWith("pm") || text.Folded[minutes.End..].TrimStart(' ').StartsWith("p.m");
        claims.Add(new Claim(ClaimKind.Time, tokens[at].Start, minutes.End - tokens[at].Start, NumberText.Clock(Whole(text, tokens[at]), Whole(text, minutes), afternoon), ""));
        next = at + 2;
        return true;
    }

    private static bool TryNumeric(TextTokens text, int at, List<Claim> claims, ref int next)
    {
        var tokens = text.Tokens;
        if (at + 2 >= tokens.Length || tokens[at].Kind != TokenKind.Number || tokens[at + 1].Kind != TokenKind.Number || tokens[at + 2].Kind != TokenKind.Number
            || tokens[at + 1].Start != tokens[at].End + 1 || tokens[at + 2].Start != tokens[at + 1].End + 1 || text.Folded[tokens[at].End] is not ('.' or '/' or '-') || text.Folded[tokens[at + 1].End] != text.Folded[tokens[at].End])
            return false;
        int first = Whole(text, tokens[at]), second = Whole(text, tokens[at + 1]), third = Whole(text, tokens[at + 2]);
        var (day, month, year) = tokens[at].Length == 4 ? (third, second, first) : (first, second, third);
        if (day is < 1 or > 31 || month is < 1 or > 31 || (tokens[at].Length != 4 && tokens[at + 2].Length is not (2 or 4)))
            return false;
        var end = tokens[at + 2].End;
        claims.Add(new Claim(ClaimKind.Date, tokens[at].Start, end - tokens[at].Start, $"{day}/{month}", ""));
        claims.Add(new Claim(ClaimKind.Date, tokens[at].Start, end - tokens[at].Start, Year(year), ""));
        next = at + 3;
        return true;
    }

    /// <summary>"12 November 2026", "12. November", "12 de noviembre", "12th of November".</summary>
    private static bool TryNamed(TextTokens text, int at, List<Claim> claims, ref int next)
    {
        var tokens = text.Tokens;
        var day = DigitsOf(text, tokens[at]);
        var k = at + 1;
        if (k < tokens.Length && tokens[k].Kind == TokenKind.Word && tokens[k].Length == 2 && text.FoldedOf(tokens[k]) is "de" or "of" or "er")
            k++;
        if (day is < 1 or > 31 || k >= tokens.Length || tokens[k].Start - tokens[at].End > 6 || !GroundingWords.Months.TryGetValue(tokens[k].Hash, out var month))
            return false;
        claims.Add(new Claim(ClaimKind.Date, tokens[at].Start, tokens[k].End - tokens[at].Start, $"{day}/{month}", ""));
        next = k + 1;
        if (next < tokens.Length && tokens[next].Kind == TokenKind.Word && text.FoldedOf(tokens[next]) is "de")
            next++;
        if (next < tokens.Length && tokens[next] is { Kind: TokenKind.Number, Length: 4 } year && year.Start - tokens[k].End <= 5)
        {
            claims.Add(new Claim(ClaimKind.Date, year.Start, year.Length, Year(Whole(text, year)), ""));
            next++;
        }
        return true;
    }

    private static bool TryIdeographs(TextTokens text, int at, List<Claim> claims, ref int next)
    {
        var tokens = text.Tokens;
        if (at + 3 >= tokens.Length || tokens[at].End >= text.Text.Length || text.Text[tokens[at].End] != '月' || tokens[at + 2].Kind != TokenKind.Number || tokens[at + 2].End >= text.Text.Length || text.Text[tokens[at + 2].End] != '日')
            return false;
        claims.Add(new Claim(ClaimKind.Date, tokens[at].Start, tokens[at + 2].End + 1 - tokens[at].Start, $"{Whole(text, tokens[at + 2])}/{Whole(text, tokens[at])}", ""));
        next = at + 4;
        return true;
    }

    private static string Year(int year) => string.Create(CultureInfo.InvariantCulture, $"year {(year < 100 ? year + 2000 : year)}");

    private static int DigitsOf(TextTokens text, in Token token)
    {
        var value = 0;
        foreach (var c in text.FoldedOf(token))
            if (char.IsAsciiDigit(c) && value < 1_000) value = value * 10 + (c - '0');
            else break;
        return value;
    }

    private static int Whole(TextTokens text, in Token token) => DigitsOf(text, token);
}
