using System.Collections.Frozen;
using System.Text;

namespace EmailOps.Mail;

/// <summary>Charset names as mail writes them, and what each really means.</summary>
internal static class CharsetNames
{
    private static readonly EncodingProvider Pages = CodePagesEncodingProvider.Instance;

    // The tables' own fallback is a question mark, which looks like something the sender wrote.
    private static readonly DecoderFallback Unreadable = new DecoderReplacementFallback("\uFFFD");

    public static readonly Encoding Iso2022Jp = Table(50221)!;

    /// <summary>Names that mean a larger or another charset in practice (WHATWG Encoding Standard), and spellings no registry has.</summary>
    private static readonly FrozenDictionary<string, int> Substitutes = new Dictionary<string, int>
    {
        ["latin1"] = 1252, ["latin-1"] = 1252, ["iso8859-1"] = 1252, ["iso88591"] = 1252, ["iso_8859-1"] = 1252, ["iso-8859_1"] = 1252,
        ["8859_1"] = 1252, ["l1"] = 1252, ["cp819"] = 1252, ["ansi"] = 1252, ["cp-1252"] = 1252, ["ansi_x3.4-1968"] = 1252, ["ascii"] = 1252,
        ["us_ascii"] = 1252, ["usascii"] = 1252, ["iso-8859-1-windows-3.1-latin-1"] = 1252, ["windows1252"] = 1252, ["x-ansi"] = 1252,
        ["iso-8859-9"] = 1254, ["latin5"] = 1254, ["iso-8859-11"] = 874, ["tis-620"] = 874, ["iso8859-11"] = 874, ["cp874"] = 874,
        ["gb2312"] = 54936, ["gbk"] = 54936, ["gb_2312-80"] = 54936, ["x-gbk"] = 54936, ["gb18030"] = 54936, ["cp936"] = 54936,
        ["ms936"] = 54936, ["windows-936"] = 54936, ["euc-cn"] = 54936, ["gb2312_charset"] = 54936, ["cn-gb"] = 54936, ["hz"] = 52936,
        ["ks_c_5601-1987"] = 949, ["ksc5601"] = 949, ["ks_c_5601"] = 949, ["ksc_5601"] = 949, ["euc-kr"] = 949, ["euckr"] = 949,
        ["korean"] = 949, ["cp949"] = 949, ["ms949"] = 949, ["uhc"] = 949, ["x-windows-949"] = 949, ["windows-949"] = 949, ["5601"] = 949,
        ["shift_jis"] = 932, ["shift-jis"] = 932, ["sjis"] = 932, ["x-sjis"] = 932, ["ms_kanji"] = 932, ["cp932"] = 932,
        ["windows-31j"] = 932, ["ms932"] = 932, ["x-ms-cp932"] = 932, ["euc-jp"] = 51932, ["eucjp"] = 51932, ["x-euc-jp"] = 51932,
        ["iso-2022-jp"] = 50221, ["iso-2022-jp-1"] = 50221, ["iso-2022-jp-2"] = 50221, ["iso-2022-jp-3"] = 50221, ["iso2022-jp"] = 50221,
        ["iso-2022-jp-ms"] = 50221, ["cp50221"] = 50221, ["cp50220"] = 50221, ["cp51932"] = 51932, ["iso-2022-kr"] = 50225,
        ["big5"] = 950, ["big-5"] = 950, ["big5-hkscs"] = 950, ["big5hkscs"] = 950, ["cn-big5"] = 950, ["x-x-big5"] = 950, ["cp950"] = 950,
        ["koi8r"] = 20866, ["koi8-u"] = 21866, ["koi8u"] = 21866, ["koi8-ru"] = 21866, ["koi"] = 20866, ["win-1251"] = 1251, ["win1251"] = 1251,
        ["iso-8859-8-i"] = 1255, ["iso-8859-8-e"] = 1255, ["iso-8859-8"] = 1255, ["logical"] = 1255, ["visual"] = 1255,
        ["latin-9"] = 28605, ["latin9"] = 28605,
        ["mac"] = 10000, ["macintosh"] = 10000, ["x-mac-roman"] = 10000, ["macroman"] = 10000, ["x-mac-cyrillic"] = 10007,
        ["utf8"] = 65001, ["utf_8"] = 65001, ["utf-8n"] = 65001, ["unicode-1-1-utf-8"] = 65001, ["utf8mb4"] = 65001, ["cp65001"] = 65001,
        ["utf-16"] = 1201, ["utf16"] = 1201, ["utf-16be"] = 1201, ["utf-16le"] = 1200, ["ucs-2"] = 1201, ["utf-32"] = 12000, ["utf-32le"] = 12000,
        ["utf-32be"] = 12001,
    }.ToFrozenDictionary();

    public static bool IsStateful(Encoding encoding) =>
        encoding is Utf7 || encoding.CodePage is 50220 or 50221 or 50222 or 50225 or 50227 or 52936 or 1200 or 1201 or 12000 or 12001;

    public static Encoding? Find(string name)
    {
        // RFC 2231 section 5: a language may follow the charset after an asterisk.
        var star = name.IndexOf('*', StringComparison.Ordinal);
        if (star >= 0)
            name = name[..star];
        if (name.StartsWith("charset=", StringComparison.Ordinal))
            name = name["charset=".Length..];
        if (name is "utf-7" or "utf7" or "unicode-1-1-utf-7" or "x-unicode-2-0-utf-7" or "unicode-2-0-utf-7" or "cp65000")
            return Utf7.Instance;
        if (name is "latin6" or "iso-ir-157" or "l6")
            return TableEncoding.Latin6;
        if (name is "iso-celtic" or "latin8" or "iso-ir-199" or "l8")
            return TableEncoding.Latin8;
        if (name is "latin10" or "iso-ir-226" or "l10")
            return TableEncoding.Latin10;
        if (Substitutes.TryGetValue(name, out var page))
            return ByPage(page);
        return Pages.GetEncoding(name, EncoderFallback.ReplacementFallback, Unreadable) ?? NumberedPage(name);
    }

    private static Encoding? Table(int page) => Pages.GetEncoding(page, EncoderFallback.ReplacementFallback, Unreadable);

    private static Encoding? ByPage(int page) => page switch
    {
        65001 => Charset.Utf8,
        1252 => Charset.Windows1252,
        1200 => Encoding.Unicode,
        1201 => Encoding.BigEndianUnicode,
        12000 => Encoding.UTF32,
        12001 => new UTF32Encoding(bigEndian: true, byteOrderMark: false),
        _ => Table(page),
    };

    /// <summary>cp850, cp-850, ibm850, windows1250, x-cp1251, dos-866, iso8859-15, iso_8859-7: the number decides.</summary>
    private static Encoding? NumberedPage(string name)
    {
        var digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1]))
            digits--;
        if (digits == name.Length || !int.TryParse(name.AsSpan(digits), out var number))
            return null;
        var prefix = name.AsSpan(0, digits);
        if (prefix.Contains("8859", StringComparison.Ordinal))
            return Iso8859(number);
        if (prefix.Contains("cp", StringComparison.Ordinal) || prefix.Contains("ibm", StringComparison.Ordinal) ||
            prefix.Contains("win", StringComparison.Ordinal) || prefix.Contains("dos", StringComparison.Ordinal))
            return number is > 0 and <= 65535 ? ByPage(number) : null;
        return null;
    }

    private static Encoding? Iso8859(int part) => part switch
    {
        1 => Charset.Windows1252,
        8 => ByPage(1255),
        9 => ByPage(1254),
        10 => TableEncoding.Latin6,
        11 => ByPage(874),
        14 => TableEncoding.Latin8,
        16 => TableEncoding.Latin10,
        (>= 2 and <= 7) or 13 or 15 => ByPage(28590 + part),
        _ => null,
    };
}
