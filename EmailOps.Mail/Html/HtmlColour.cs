using System.Globalization;

namespace EmailOps.Mail;

/// <summary>Colours of CSS and of old attributes, as far as they tell seen from unseen.</summary>
internal static class HtmlColour
{
    public const int White = 0xFFFFFF;

    /// <summary>RGB, null for words that set nothing, <see cref="HtmlStyle.UnknownColour"/> for what is not understood.</summary>
    public static int? Parse(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty || Is(value, "inherit") || Is(value, "transparent") || Is(value, "none") || Is(value, "initial") || Is(value, "currentcolor"))
            return null;
        var first = value.IndexOf(' ') is > 0 and var space && value[0] != 'r' ? value[..space] : value;
        if (first[0] == '#')
            return Hex(first[1..]);
        if (first.StartsWith("rgb", StringComparison.OrdinalIgnoreCase))
            return Rgb(value);
        if (Is(first, "white"))
            return White;
        if (Is(first, "black"))
            return 0;
        if (first.Length == 6 && Hex(first) is >= 0 and var bare)
            return bare;
        return HtmlStyle.UnknownColour;
    }

    private static bool Is(ReadOnlySpan<char> value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static int Hex(ReadOnlySpan<char> digits)
    {
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
            return HtmlStyle.UnknownColour;
        return digits.Length switch
        {
            3 => ((number >> 8) * 0x11 << 16) | (((number >> 4) & 15) * 0x11 << 8) | ((number & 15) * 0x11),
            6 => number,
            _ => HtmlStyle.UnknownColour,
        };
    }

    /// <summary>rgb(255, 255, 255), rgb(255 255 255), rgba(...)</summary>
    private static int Rgb(ReadOnlySpan<char> value)
    {
        var open = value.IndexOf('(');
        if (open < 0)
            return HtmlStyle.UnknownColour;
        int colour = 0, found = 0, at = open + 1;
        while (at < value.Length && found < 3)
        {
            if (!char.IsAsciiDigit(value[at]))
            {
                at++;
                continue;
            }
            var number = 0;
            for (; at < value.Length && char.IsAsciiDigit(value[at]); at++)
                number = Math.Min(255, number * 10 + (value[at] - '0'));
            colour = (colour << 8) | number;
            found++;
        }
        return found == 3 ? colour : HtmlStyle.UnknownColour;
    }
}
