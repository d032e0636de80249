using System.Globalization;
using System.Text;

namespace EmailOps.Core.Learning;

/// <summary>What a character is to the tokeniser.</summary>
internal enum CharacterKind : byte
{
    Other,
    Letter,
    Digit,
    /// <summary>A character of a script written without spaces (Han, Kana, Thai): each is a token of its own.</summary>
    Ideograph,
}

/// <summary>
/// One look-up per UTF-16 unit instead of calls into the globalisation tables: folding (lower case, Latin accents dropped, full-width
/// forms narrowed) maps one unit to one unit, so that an offset in folded text is an offset in the text itself.
/// </summary>
internal static class CharacterTables
{
    /// <summary>The folded character, and its kind above.</summary>
    private static readonly uint[] s_characters = [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => FoldSlowly((char)c) | (uint)KindSlowly((char)c) << 16)];

    public static char Fold(char c) => (char)s_characters[c];

    public static CharacterKind Kind(char c) => (CharacterKind)(s_characters[c] >> 16);

    /// <summary>Both in one look.</summary>
    public static CharacterKind Read(char c, out char folded)
    {
        var character = s_characters[c];
        folded = (char)character;
        return (CharacterKind)(character >> 16);
    }

    private static char FoldSlowly(char c)
    {
        if (c is >= '\uFF01' and <= '\uFF5E')
            c = (char)(c - 0xFEE0);
        c = char.ToLowerInvariant(c);
        switch (c)
        {
            case 'ł': return 'l';
            case 'ø': return 'o';
            case 'đ': return 'd';
            case 'ı': return 'i';
            case 'ё': return 'е';
            case '\u2019' or '\u2018' or '\u02BC' or '\u00B4' or '`': return '\'';
            case '\u00A0' or '\u2007' or '\u202F' or '\u3000': return ' ';
            case '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212': return '-';
        }
        // Only Latin accents are dropped: elsewhere (й, が) the mark makes another letter.
        if (c is (>= '\u00C0' and < '\u0250') or (>= '\u1E00' and <= '\u1EFF'))
        {
            var parts = c.ToString().Normalize(NormalizationForm.FormD);
            if (parts[0] is >= 'a' and <= 'z')
                return parts[0];
        }
        return c;
    }

    private static CharacterKind KindSlowly(char c)
    {
        if (c is (>= '\u3041' and <= '\u30FF' and not '\u30FB') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF')
            or (>= '\uF900' and <= '\uFAFF') or (>= '\u0E01' and <= '\u0E4E') or '\u3005')
            return CharacterKind.Ideograph;
        return CharUnicodeInfo.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => CharacterKind.Letter,
            UnicodeCategory.DecimalDigitNumber => CharacterKind.Digit,
            _ => CharacterKind.Other,
        };
    }
}
