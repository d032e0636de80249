using System.Buffers;
using EmailOps.Core.Learning;

namespace EmailOps.Core.Drafts.Grounding;

/// <summary>Addresses and numbers that name one thing: of the web, of mail, of a telephone, of an order.</summary>
internal static class AddressClaims
{
    private const int LongestUrl = 2_000;
    private static readonly SearchValues<char> s_glue = SearchValues.Create(" -/().");

    public static bool TryRead(TextTokens text, int at, out Claim claim)
        => TryUrl(text, at, out claim) || TryEmail(text, at, out claim) || TryHost(text, at, out claim) || TryPhone(text, at, out claim) || TryCode(text, at, out claim);

    private static bool TryUrl(TextTokens text, int at, out Claim claim)
    {
        claim = default;
        var start = text.Tokens[at].Start;
        var rest = text.Folded[start..];
        if (!(rest.StartsWith("https://") || rest.StartsWith("http://") || rest.StartsWith("www.")))
            return false;
        var length = 0;
        while (length < rest.Length && length < LongestUrl && !char.IsWhiteSpace(rest[length]) && rest[length] is not ('<' or '>' or '"' or '»' or '、' or '。' or '」'))
            length++;
        var url = rest[..length].TrimEnd(".,;:!?'\")]}");
        claim = new Claim(ClaimKind.Url, start, url.Length, Bare(url), "");
        return url.Length > 6;
    }

    /// <summary>"shop.example/returns" without a scheme: all in small letters, two labels or more.</summary>
    private static bool TryHost(TextTokens text, int at, out Claim claim)
    {
        claim = default;
        var start = text.Tokens[at].Start;
        if (start > 0 && !char.IsWhiteSpace(text.Text[start - 1]) && text.Text[start - 1] is not ('(' or '<' or '"' or '[' or '*'))
            return false;
        int end = start, dot = -1;
        while (end < text.Text.Length && end - start < 253 && (char.IsAsciiLetterLower(text.Text[end]) || char.IsAsciiDigit(text.Text[end]) || text.Text[end] is '-' or '.'))
        {
            if (text.Text[end] == '.')
                dot = end;
            end++;
        }
        if (dot < 0)
            return false;
        if (dot == end - 1)
            end--;
        dot = text.Text.LastIndexOf('.', end - 1, end - start);
        // The last label has two letters or more; "e.g" and "z.b" are no hosts, a sentence glued to the next has a capital.
        if (dot <= start + 1 || end - dot < 3 || text.Text.AsSpan(dot + 1, end - dot - 1).IndexOfAnyExceptInRange('a', 'z') >= 0 || (end < text.Text.Length && char.IsLetterOrDigit(text.Text[end])))
            return false;
        if (end < text.Text.Length && text.Text[end] == '/')
            while (end < text.Text.Length && end - start < LongestUrl && !char.IsWhiteSpace(text.Text[end]) && text.Text[end] is not ('<' or '>' or '"' or ')'))
                end++;
        var url = text.Folded[start..end].TrimEnd(".,;:!?'\")]}");
        claim = new Claim(ClaimKind.Url, start, url.Length, Bare(url), "");
        return true;
    }

    private static bool TryEmail(TextTokens text, int at, out Claim claim)
    {
        claim = default;
        var start = text.Tokens[at].Start;
        var sign = start;
        while (sign < text.Text.Length && sign - start <= 64 && (char.IsLetterOrDigit(text.Text[sign]) || text.Text[sign] is '.' or '_' or '-' or '+' or '%'))
            sign++;
        if (sign == start || sign >= text.Text.Length || text.Text[sign] != '@')
            return false;
        var end = sign + 1;
        while (end < text.Text.Length && end - sign < 254 && (char.IsLetterOrDigit(text.Text[end]) || text.Text[end] is '.' or '-'))
            end++;
        while (end > sign && text.Text[end - 1] is '.' or '-')
            end--;
        if (end - sign < 4)
            return false;
        claim = new Claim(ClaimKind.Email, start, end - start, text.Text[start..end].ToLowerInvariant(), "");
        return true;
    }

    /// <summary>"+49 40 1234567", "040 / 12 34 567": a plus or a leading zero, and seven digits or more in groups.</summary>
    private static bool TryPhone(TextTokens text, int at, out Claim claim)
    {
        claim = default;
        var tokens = text.Tokens;
        if (tokens[at].Kind != TokenKind.Number)
            return false;
        var start = tokens[at].Start;
        var plus = start > 0 && text.Folded[start - 1] == '+';
        if (!plus && text.Text[start] != '0')
            return false;
        Span<char> digits = stackalloc char[20];
        int count = 0, end = start;
        for (var k = at; k < tokens.Length && tokens[k].Kind == TokenKind.Number && count + tokens[k].Length <= 16; k++)
        {
            if (k > at && (tokens[k].Start - end > 3 || text.Folded[end..tokens[k].Start].IndexOfAnyExcept(s_glue) >= 0))
                break;
            text.TextOf(tokens[k]).CopyTo(digits[count..]);
            count += tokens[k].Length;
            end = tokens[k].End;
        }
        if (count < 7)
            return false;
        claim = new Claim(ClaimKind.Phone, plus ? start - 1 : start, end - start + (plus ? 1 : 0), digits[..count].TrimStart('0').ToString(), "");
        return true;
    }

    /// <summary>"NO-1047781", "PL-26-09", "1Z999AA10123456784", "104778122": four digits or more, with a letter or six of them.</summary>
    private static bool TryCode(TextTokens text, int at, out Claim claim)
    {
        claim = default;
        var start = text.Tokens[at].Start;
        if (start > 0 && text.Text[start - 1] is '-' or '_')
            return false;
        int end = start, digits = 0, letters = 0, hyphens = 0;
        for (; end < text.Text.Length && end - start <= 64; end++)
        {
            var c = text.Folded[end];
            if (char.IsAsciiDigit(c)) digits++;
            else if (char.IsAsciiLetter(c)) letters++;
            else if (c is '-' or '_' && end + 1 < text.Text.Length && char.IsAsciiLetterOrDigit(text.Folded[end + 1])) hyphens++;
            else break;
        }
        var capital = char.IsAsciiLetterUpper(text.Text[start]);
        // "WELCOME10".
        var isVoucher = hyphens == 0 && digits >= 2 && letters >= 4 && text.Text.AsSpan(start, end - start).IndexOfAnyInRange('a', 'z') < 0;
        if (!isVoucher && (digits < 4 || !(letters > 0 && (capital || digits >= 6) || (letters == 0 && hyphens == 0 && digits >= 6)) || letters > digits + 4))
            return false;
        claim = new Claim(ClaimKind.Code, start, end - start, text.Folded[start..end].ToString().Replace("-", "", StringComparison.Ordinal), "");
        return true;
    }

    /// <summary>Scheme, www and closing slash say nothing about where an address leads.</summary>
    private static string Bare(ReadOnlySpan<char> url)
    {
        var scheme = url.IndexOf("://");
        if (scheme >= 0)
            url = url[(scheme + 3)..];
        if (url.StartsWith("www."))
            url = url[4..];
        return url.TrimEnd('/').ToString().ToLowerInvariant();
    }
}
