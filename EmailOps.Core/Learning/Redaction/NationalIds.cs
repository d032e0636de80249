namespace EmailOps.Core.Learning.Redaction;

/// <summary>Numbers of persons whose form and check digit are published. Bare figures need the word for them beside: too many order numbers pass a check digit.</summary>
internal static class NationalIds
{
    private static readonly string[] s_tax = ["steuer", "tax id", "idnr", "identifikationsnummer"], s_bsn = ["bsn", "burgerservice", "sofinummer"], s_pesel = ["pesel"], s_nif = ["nif", "contribuinte"];

    public static SecretSpan Find(ReadOnlySpan<char> text, int at)
    {
        if (!SecretScan.Begins(text, at))
            return default;
        return Length(text, at) is > 0 and var length && SecretScan.Ends(text, at + length) ? new SecretSpan(RedactedKind.NationalId, at, length) : default;
    }

    private static int Length(ReadOnlySpan<char> text, int at)
    {
        var rest = text.Slice(at, Math.Min(24, text.Length - at));
        if (char.IsAsciiLetter(rest[0]))
            return Shape(rest, "LLLLLLDDLDDLDDDL") && CodiceFiscale(rest) ? 16
                : Shape(rest, "LDDDDDDDL") && rest[0] is 'X' or 'Y' or 'Z' && Dni(rest[1..8], rest[0] - 'X', rest[8]) ? 9
                : Shape(rest, "LLDDDDDDL") && Nino(rest) ? 9
                : Shape(rest, "LL DD DD DD L") && Nino(rest) ? 13 : 0;
        // United States: area, group and serial have no zeros (SSA, since 2011).
        if (Shape(rest, "DDD-DD-DDDD") && rest[..3] is not ("000" or "666") && rest[0] != '9' && rest[4..6] is not "00" && rest[7..11] is not "0000") return 11;
        // Sweden: birthday, hyphen or plus, Luhn.
        if ((Shape(rest, "DDDDDD-DDDD") || Shape(rest, "DDDDDD+DDDD")) && Day(rest[2..4], rest[4..6]) && Luhn(string.Concat(rest[..6], rest[7..11]))) return 11;
        if ((Shape(rest, "DDDDDDDD-DDDD") || Shape(rest, "DDDDDDDD+DDDD")) && Day(rest[4..6], rest[6..8]) && Luhn(string.Concat(rest[2..8], rest[9..13]))) return 13;
        // Belgium: yy.mm.dd-xxx.cc, 97 less the rest.
        if (Shape(rest, "DD.DD.DD-DDD.DD") && Belgian(Digits(rest[..15]))) return 15;
        // Spain: eight digits and their letter.
        if (Shape(rest, "DDDDDDDDL") && Dni(rest[..8], -1, rest[8])) return 9;
        // France: sex, year, month, place, order, and a key of two digits.
        if (rest[0] is '1' or '2' && (Shape(rest, "D DD DD DD DDD DDD DD") || Shape(rest, "DDDDDDDDDDDDDDD")) && Nir(Digits(rest[..(rest[1] == ' ' ? 21 : 15)]))) return rest[1] == ' ' ? 21 : 15;
        if ((Shape(rest, "DD DDD DDD DDD") || Shape(rest, "DDDDDDDDDDD")) && SecretScan.After(text, at, s_tax) && SteuerId(Digits(rest[..(rest[2] == ' ' ? 14 : 11)]))) return rest[2] == ' ' ? 14 : 11;
        if (Shape(rest, "DDDDDDDDDDD") && SecretScan.After(text, at, s_pesel) && Weighted(rest[..10], [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) is var pesel && (10 - pesel % 10) % 10 == rest[10] - '0') return 11;
        if (Shape(rest, "DDDDDDDDD") && SecretScan.After(text, at, s_bsn) && (Weighted(rest[..8], [9, 8, 7, 6, 5, 4, 3, 2]) - (rest[8] - '0')) % 11 == 0) return 9;
        if (Shape(rest, "DDDDDDDDD") && SecretScan.After(text, at, s_nif) && 11 - Weighted(rest[..8], [9, 8, 7, 6, 5, 4, 3, 2]) % 11 is var nif && (nif > 9 ? 0 : nif) == rest[8] - '0') return 9;
        return 0;
    }

    private static bool Shape(ReadOnlySpan<char> text, string shape)
    {
        if (text.Length < shape.Length)
            return false;
        for (var i = 0; i < shape.Length; i++)
            if (!(shape[i] switch { 'D' => char.IsAsciiDigit(text[i]), 'L' => char.IsAsciiLetterUpper(text[i]), var c => text[i] == c }))
                return false;
        return text.Length == shape.Length || !char.IsLetterOrDigit(text[shape.Length]);
    }

    private static string Digits(ReadOnlySpan<char> text) => string.Concat(text.ToString().Where(char.IsAsciiDigit));

    private static int Weighted(ReadOnlySpan<char> digits, ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
            sum += (digits[i] - '0') * weights[i];
        return sum;
    }

    private static bool Day(ReadOnlySpan<char> month, ReadOnlySpan<char> day) => Number(month) is >= 1 and <= 12 && Number(day) is >= 1 and <= 31 or (>= 61 and <= 91);

    private static long Number(ReadOnlySpan<char> digits) => long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Luhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 2) is > 9 and var two ? two - 9 : (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 2);
        return sum % 10 == 0;
    }

    private static bool Belgian(string d) => 97 - Number(d.AsSpan(0, 9)) % 97 == Number(d.AsSpan(9)) || 97 - Number("2" + d[..9]) % 97 == Number(d.AsSpan(9));

    private static bool Nir(string d) => Number(d.AsSpan(3, 2)) is >= 1 and <= 12 or >= 20 && 97 - Number(d.AsSpan(0, 13)) % 97 == Number(d.AsSpan(13));

    private static bool Dni(ReadOnlySpan<char> digits, int prefix, char letter) => "TRWAGMYFPDXBNJZSQVHLCKE"[(int)((prefix > 0 ? prefix * 10_000_000 : 0) + Number(digits)) % 23] == letter;

    /// <summary>United Kingdom: letters that are never issued leave few words that look so.</summary>
    private static bool Nino(ReadOnlySpan<char> t) => !"DFIQUV".Contains(t[0]) && !"DFIOQUV".Contains(t[1]) && t[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ") && t[t[2] == ' ' ? 12 : 8] is >= 'A' and <= 'D';

    /// <summary>Germany: eleven digits, one of the first ten occurs two or three times; ISO/IEC 7064 MOD 11,10.</summary>
    private static bool SteuerId(string d)
    {
        if (d[0] == '0' || d[..10].GroupBy(c => c).Max(g => g.Count()) is < 2 or > 3)
            return false;
        var product = 10;
        foreach (var c in d[..10])
            product = ((c - '0' + product) % 10 is 0 ? 10 : (c - '0' + product) % 10) * 2 % 11;
        return (11 - product) % 10 == d[10] - '0';
    }

    private static bool CodiceFiscale(ReadOnlySpan<char> t)
    {
        ReadOnlySpan<int> odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        var sum = 0;
        for (var i = 0; i < 15; i++)
        {
            var value = char.IsAsciiDigit(t[i]) ? t[i] - '0' : t[i] - 'A';
            sum += i % 2 == 0 ? odd[value] : value;
        }
        return (char)('A' + sum % 26) == t[15];
    }
}
