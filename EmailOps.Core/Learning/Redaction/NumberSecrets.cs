namespace EmailOps.Core.Learning.Redaction;

/// <summary>Cards (Luhn, ISO/IEC 7812-1), bank accounts (IBAN, ISO 13616) and telephone numbers.</summary>
internal static class NumberSecrets
{
    private static readonly string[] s_card = ["card", "karte", "carte", "tarjeta", "carta", "kaart", "karta", "kort", "cartão", "visa", "mastercard", "amex", "カード", "卡", "карт"];
    private static readonly string[] s_other = ["track", "sendung", "paket", "parcel", "suivi", "seguimiento", "tracciamento", "śledzenia", "przesyłki", "spårning", "order", "bestell", "commande", "pedido", "ordine", "rma", "invoice", "rechnung", "追跡", "ean", "gtin", "imei", "article", "artikel", "item no"];
    private static readonly string[] s_phone = ["tel", "phone", "fon", "mobil", "handy", "movil", "móvil", "cell", "call", "whatsapp", "電話", "电话", "тел", "puh", "rufnummer", "numéro", "fax", "kom", "gsm", "reach me", "erreich"];
    private static readonly Dictionary<string, int> s_ibanLengths = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VG24 XK20"
        .Split(' ').ToDictionary(c => c[..2], c => int.Parse(c.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture));

    public static SecretSpan Find(ReadOnlySpan<char> text, int at)
    {
        if (!SecretScan.Begins(text, at))
            return default;
        Span<char> digits = stackalloc char[20];
        var end = Digits(text, at, " -", digits, out var count, out var groups);
        if (text[at] != '+' && count is >= 13 and <= 19 && SecretScan.Ends(text, end) && Luhn(digits[..count]) && IsCard(text, at, digits[..count], groups))
            return new SecretSpan(RedactedKind.Card, at, end - at);
        return Phone(text, at);
    }

    /// <summary>International form, or any form after a word for telephone.</summary>
    private static SecretSpan Phone(ReadOnlySpan<char> text, int at)
    {
        Span<char> digits = stackalloc char[20];
        var end = Digits(text, at, " -/().", digits, out var count, out var groups);
        if (count is < 7 or > 15)
            return default;
        var plus = text[at] == '+';
        var international = plus ? count >= 8 && digits[0] != '0' : digits[..2] is "00" && digits[2] != '0' && count >= 10 && groups > 1;
        return international || ((digits[0] == '0' || groups > 1) && SecretScan.After(text, at, s_phone, 24) && SecretScan.Ends(text, end)) ? new SecretSpan(RedactedKind.Phone, at, end - at) : default;
    }

    /// <summary>Digits with single separators between them, at most 19; more are something else and give none.</summary>
    private static int Digits(ReadOnlySpan<char> text, int at, ReadOnlySpan<char> separators, Span<char> digits, out int count, out int groups)
    {
        (count, groups) = (0, 1);
        var i = text[at] == '+' ? at + 1 : at;
        var end = i;
        for (var gap = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                if (gap > 0)
                    groups++;
                if (count == digits.Length)
                {
                    count = 99;
                    return end;
                }
                (digits[count++], end, gap) = (text[i], i + 1, 0);
            }
            // Behind nine digits a number may have ended, and " (" begins something else.
            else if (separators.Contains(text[i]) && ++gap <= (separators.Length > 2 && count < 9 ? 3 : 1))
                continue;
            else
                break;
        }
        return end;
    }

    private static bool IsCard(ReadOnlySpan<char> text, int at, ReadOnlySpan<char> digits, int groups)
    {
        if (SecretScan.After(text, at, s_card, 60))
            return true;
        if (SecretScan.After(text, at, s_other))
            return false;
        int Prefix(ReadOnlySpan<char> d, int length) => int.Parse(d[..length], System.Globalization.CultureInfo.InvariantCulture);
        var four = Prefix(digits, 4);
        var known = digits.Length switch
        {
            13 or 19 => digits[0] == '4' && groups is 1 or >= 4,
            14 => Prefix(digits, 2) is 36 or 38 || four is >= 3000 and <= 3059,
            15 => Prefix(digits, 2) is 34 or 37,
            16 => digits[0] == '4' || Prefix(digits, 2) is >= 51 and <= 55 or 62 or 65 || four is >= 2221 and <= 2720 or 6011 or >= 6440 and <= 6499 or >= 3528 and <= 3589 or 5018 or 5020 or 5038 or 5893 or 6304 or 6759,
            _ => false,
        };
        return known && groups is 1 or 3 or 4 or 5;
    }

    private static bool Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }
        return sum % 10 == 0 && digits.ContainsAnyExcept(digits[0]);
    }

    public static SecretSpan Iban(ReadOnlySpan<char> text, int at)
    {
        if (!SecretScan.Begins(text, at) || at + 15 > text.Length || !char.IsAsciiLetter(text[at]) || !char.IsAsciiLetter(text[at + 1]))
            return default;
        if (!s_ibanLengths.TryGetValue(text.Slice(at, 2).ToString().ToUpperInvariant(), out var length))
            return default;
        Span<char> signs = stackalloc char[34];
        int count = 0, i = at;
        for (var gap = 0; i < text.Length && count < length; i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i]))
                (signs[count++], gap) = (char.ToUpperInvariant(text[i]), 0);
            // Groups of four; "NO-1047781 is late" is no account in Norway.
            else if (text[i] is not (' ' or '-' or '\u00A0') || count % 4 != 0 || ++gap > 1)
                return default;
        }
        return count == length && char.IsAsciiDigit(signs[2]) && char.IsAsciiDigit(signs[3]) && SecretScan.Ends(text, i) && Mod97(signs[4..count], signs[..4]) == 1 ? new SecretSpan(RedactedKind.Iban, at, i - at) : default;
    }

    private static int Mod97(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        var rest = 0;
        foreach (var part in new[] { first.ToString(), second.ToString() })
            foreach (var c in part)
                rest = char.IsAsciiDigit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
        return rest;
    }
}
