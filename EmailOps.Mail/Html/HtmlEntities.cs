using System.Globalization;
using System.Net;

namespace EmailOps.Mail;

/// <summary>Character references (WHATWG HTML, section 13.2.5.72 on). Unknown ones stay as they stand.</summary>
internal static class HtmlEntities
{
    private const int MaxNameLength = 32;

    // References that old writers leave without a semicolon (section 13.5, the names listed without one that mail really has).
    private static readonly string[] Bare = ["nbsp", "amp", "lt", "gt", "quot", "copy", "reg", "auml", "ouml", "uuml", "Auml", "Ouml", "Uuml", "szlig",
        "eacute", "egrave", "agrave", "ccedil", "ecirc", "acirc", "ocirc", "icirc", "ucirc", "aacute", "iacute", "oacute", "uacute", "ntilde", "raquo",
        "laquo", "middot", "deg", "sect", "euml", "iuml", "aring", "oslash", "aelig", "pound", "yen", "cent", "shy"];

    // Named in HTML 5 and not in HTML 4, as far as mail uses them.
    private static readonly Dictionary<string, string> Newer = new(StringComparer.Ordinal)
    {
        ["NewLine"] = "\n", ["Tab"] = "\t", ["excl"] = "!", ["num"] = "#", ["dollar"] = "$", ["percnt"] = "%", ["lpar"] = "(", ["rpar"] = ")",
        ["ast"] = "*", ["plus"] = "+", ["comma"] = ",", ["period"] = ".", ["sol"] = "/", ["colon"] = ":", ["semi"] = ";", ["equals"] = "=",
        ["quest"] = "?", ["commat"] = "@", ["lsqb"] = "[", ["lbrack"] = "[", ["bsol"] = "\\", ["rsqb"] = "]", ["rbrack"] = "]", ["Hat"] = "^",
        ["lowbar"] = "_", ["grave"] = "`", ["lcub"] = "{", ["lbrace"] = "{", ["verbar"] = "|", ["vert"] = "|", ["rcub"] = "}", ["rbrace"] = "}",
        ["NonBreakingSpace"] = "\u00a0", ["ZeroWidthSpace"] = "\u200b", ["rsquor"] = "\u2019", ["ldquor"] = "\u201e", ["hyphen"] = "\u2010",
        ["dash"] = "\u2010", ["check"] = "\u2713", ["cross"] = "\u2717", ["star"] = "\u2606", ["starf"] = "\u2605", ["phone"] = "\u260e",
        ["AMP"] = "&", ["LT"] = "<", ["GT"] = ">", ["QUOT"] = "\"", ["COPY"] = "\u00a9", ["REG"] = "\u00ae", ["TRADE"] = "\u2122",
        ["bullet"] = "\u2022", ["horbar"] = "\u2015", ["half"] = "\u00bd", ["inodot"] = "\u0131", ["scedil"] = "\u015f", ["gbreve"] = "\u011f",
        ["zcaron"] = "\u017e", ["ccaron"] = "\u010d", ["rcaron"] = "\u0159", ["ecaron"] = "\u011b", ["lstrok"] = "\u0142", ["sacute"] = "\u015b",
    };

    /// <summary>Reads the reference at the start of <paramref name="text"/>, which starts with '&amp;'. False when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out string value, out int length)
    {
        value = "";
        length = 0;
        if (text.Length < 3)
            return false;
        if (text[1] == '#')
            return TryReadNumber(text, out value, out length);
        var name = text[1..Math.Min(text.Length, MaxNameLength)];
        var end = 0;
        while (end < name.Length && char.IsAsciiLetterOrDigit(name[end]))
            end++;
        if (end == 0)
            return false;
        if (end < name.Length && name[end] == ';')
        {
            length = end + 2;
            value = Named(name[..end]);
            return value.Length > 0;
        }
        foreach (var bare in Bare)
        {
            if (!name.StartsWith(bare, StringComparison.Ordinal))
                continue;
            length = bare.Length + 1;
            value = Named(bare);
            return true;
        }
        return false;
    }

    private static string Named(ReadOnlySpan<char> name)
    {
        switch (name)
        {
            case "nbsp":
                return "\u00a0";
            case "amp":
                return "&";
            case "lt":
                return "<";
            case "gt":
                return ">";
            case "quot":
                return "\"";
            case "apos":
                return "'";
        }
        if (Newer.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var newer))
            return newer;
        var reference = string.Concat("&", name, ";");
        var decoded = WebUtility.HtmlDecode(reference);
        return decoded == reference ? "" : decoded;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out string value, out int length)
    {
        value = "";
        var hex = text[2] is 'x' or 'X';
        var start = hex ? 3 : 2;
        var end = start;
        while (end < text.Length && end < start + 8 && (hex ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])))
            end++;
        length = end < text.Length && text[end] == ';' ? end + 1 : end;
        if (end == start || !int.TryParse(text[start..end], hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return false;
        // Section 13.2.5.84: numbers of the C1 controls mean windows-1252.
        value = code is >= 0x80 and <= 0x9F ? Charset.Windows1252.GetString([(byte)code])
            : code is 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF) ? "\uFFFD"
            : char.ConvertFromUtf32(code);
        return true;
    }
}
