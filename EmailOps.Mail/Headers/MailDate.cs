using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Reads dates (RFC 5322 sections 3.3 and 4.3; RFC 822; asctime; RFC 3339) in the order in which their pieces come. Null when no instant can be
/// told. Sample: <c>Tue, 01 Jul 2003 10:52:37 +0200 (CEST)</c>.
/// </summary>
internal static class MailDate
{
    // Sections 3.3 and 4.3: what is longer than this is not a date.
    private const int MaxLength = 200;

    public static DateTimeOffset? Parse(ReadOnlySpan<byte> raw)
    {
        raw = HeaderText.Trim(raw);
        if (raw.Length is 0 or > MaxLength)
            return null;
        // Nobody may encode a date; some gateways encode every field.
        if (raw.StartsWith("=?"u8))
            raw = Encoding.Latin1.GetBytes(HeaderText.Decode(raw));
        var parts = new Parts();
        for (var at = 0; at < raw.Length;)
        {
            var c = raw[at];
            if (char.IsAsciiDigit((char)c))
                ReadDigits(raw, ref at, ref parts);
            else if (char.IsAsciiLetter((char)c))
                ReadWord(raw, ref at, ref parts);
            else if (c is (byte)'+' or (byte)'-' && parts.HasTime && at + 1 < raw.Length && char.IsAsciiDigit((char)raw[at + 1]) && parts.Offset is null)
                ReadOffset(raw, ref at, ref parts);
            else if (c == '(')
                SkipComment(raw, ref at);
            else
                at++;
        }
        return parts.ToInstant();
    }

    private struct Parts
    {
        public int Day, Month, Year, Hour, Minute, Second;
        public int Offset1;
        public bool HasTime, HasOffset, Afternoon, Morning, HasYear;
        public readonly int? Offset => HasOffset ? Offset1 : null;

        public readonly DateTimeOffset? ToInstant()
        {
            var year = HasYear ? Year : 0;
            if (Day is < 1 or > 31 || Month is < 1 or > 12 || !HasYear || year is < 1 or > 9998)
                return null;
            var hour = Afternoon && Hour < 12 ? Hour + 12 : Morning && Hour == 12 ? 0 : Hour;
            if (hour > 24 || Minute > 59 || Second > 61 || Day > DateTime.DaysInMonth(year, Month))
                return null;
            var local = new DateTime(year, Month, Day, 0, 0, 0, DateTimeKind.Unspecified).AddHours(hour).AddMinutes(Minute).AddSeconds(Math.Min(Second, 59));
            var offset = Offset ?? 0;
            // No place on earth is 19 hours behind, and spam says so all the time: the instant is kept, told in UTC.
            return Math.Abs(offset) > 14 * 60 || year is 1
                ? new DateTimeOffset(year is 1 ? local : local.AddMinutes(-offset), TimeSpan.Zero)
                : new DateTimeOffset(local, TimeSpan.FromMinutes(offset));
        }
    }

    private static void ReadDigits(ReadOnlySpan<byte> raw, ref int at, ref Parts parts)
    {
        var start = at;
        var value = Number(raw, ref at);
        // "029 Apr": leading zeros are not a year.
        var length = at - start == 3 && value is > 0 and <= 31 && parts.Day == 0 ? 2 : at - start;
        var next = at < raw.Length ? raw[at] : (byte)0;
        if (!parts.HasTime && length <= 2 && next is (byte)'(' or (byte)' ' && ColonAfter(raw, at) is > 0 and var colon)
        {
            at = colon;
            ReadTime(raw, ref at, value, (byte)':', ref parts);
        }
        else if (!parts.HasTime && length <= 2 && (next == ':' || (next == '.' && parts.HasYear)) && at + 1 < raw.Length && char.IsAsciiDigit((char)raw[at + 1]))
        {
            ReadTime(raw, ref at, value, next, ref parts);
        }
        else if (length == 8 && parts is { HasYear: false, Month: 0 })
        {
            (parts.Year, parts.Month, parts.Day, parts.HasYear) = (value / 10000, value / 100 % 100, value % 100, true);
        }
        else if (length >= 3 && !parts.HasYear)
        {
            (parts.Year, parts.HasYear) = (length == 3 ? 1900 + value : value, true);
        }
        else if (length <= 2 && parts is { HasYear: true, Month: 0, Day: 0 } && next is (byte)'-' or (byte)'/')
        {
            parts.Month = value;
        }
        else if (length <= 2 && parts is { HasYear: false, Month: 0, Day: 0 } && next == '/')
        {
            ReadSlashed(raw, ref at, value, ref parts);
        }
        else if (length <= 2 && parts.Day == 0)
        {
            parts.Day = value;
        }
        else if (length <= 2 && parts is { Month: 0, HasYear: false } && next is (byte)'-' or (byte)'.')
        {
            parts.Month = value;
        }
        else if (length == 2 && !parts.HasYear)
        {
            // Section 4.3: two digits below 50 are this century.
            (parts.Year, parts.HasYear) = (value < 50 ? 2000 + value : 1900 + value, true);
        }
    }

    private static void ReadTime(ReadOnlySpan<byte> raw, ref int at, int hour, byte separator, ref Parts parts)
    {
        at++;
        (parts.Hour, parts.HasTime) = (hour, true);
        SkipSpace(raw, ref at);
        parts.Minute = Number(raw, ref at);
        // Section 4.3 lets white space and comments stand around the colons: "09(comment):   55  :  06".
        if (separator == ':' && ColonAfter(raw, at) is > 0 and var colon)
            at = colon;
        if (at + 1 < raw.Length && raw[at] == separator && raw[at + 1] is (byte)' ' or (>= (byte)'0' and <= (byte)'9'))
        {
            at++;
            SkipSpace(raw, ref at);
            parts.Second = Number(raw, ref at);
        }
        if (at + 1 < raw.Length && raw[at] is (byte)'.' or (byte)',' && char.IsAsciiDigit((char)raw[at + 1]))
        {
            at++;
            Number(raw, ref at);
        }
    }

    /// <summary>7/13/2009 as Americans write it, 13/7/2009 where it can only be that.</summary>
    private static void ReadSlashed(ReadOnlySpan<byte> raw, ref int at, int first, ref Parts parts)
    {
        at++;
        if (at >= raw.Length || !char.IsAsciiDigit((char)raw[at]))
        {
            parts.Day = first;
            return;
        }
        var second = Number(raw, ref at);
        (parts.Month, parts.Day) = first > 12 ? (second, first) : (first, second);
    }

    private static void ReadOffset(ReadOnlySpan<byte> raw, ref int at, ref Parts parts)
    {
        var sign = raw[at++] == '-' ? -1 : 1;
        var start = at;
        var value = Number(raw, ref at);
        var length = at - start;
        if (length <= 2)
        {
            value *= 100;
            if (at + 1 < raw.Length && raw[at] == ':' && char.IsAsciiDigit((char)raw[at + 1]))
            {
                at++;
                value += Number(raw, ref at);
            }
        }
        (parts.Offset1, parts.HasOffset) = (sign * (value / 100 * 60 + value % 100), true);
    }

    private static void ReadWord(ReadOnlySpan<byte> raw, ref int at, ref Parts parts)
    {
        var start = at;
        while (at < raw.Length && char.IsAsciiLetter((char)raw[at]))
            at++;
        Span<byte> word = stackalloc byte[4];
        var text = raw[start..at];
        var length = Math.Min(4, text.Length);
        Ascii.ToLower(text[..length], word, out _);
        word = word[..length];
        // "mar, 21 ene": Spanish Tuesday, not March.
        var isWeekday = parts.Day == 0 && at < raw.Length && raw[at] == ',';
        if (length >= 3 && parts.Month == 0 && !isWeekday && MonthNames.Find(word[..3]) is > 0 and var month)
        {
            parts.Month = month;
            return;
        }
        if (word.SequenceEqual("dst"u8) && parts.HasOffset)
            parts.Offset1 += 60;
        if (word.SequenceEqual("pm"u8))
            parts.Afternoon = true;
        else if (word.SequenceEqual("am"u8))
            parts.Morning = true;
        else if (parts.HasTime && !parts.HasOffset && Zone(word) is { } hours)
            (parts.Offset1, parts.HasOffset) = (hours * 60, !word.SequenceEqual("gmt"u8) && !word.SequenceEqual("utc"u8) || !FollowedBySign(raw, at));
    }

    /// <summary>"GMT+0200": the number counts, not the name.</summary>
    private static bool FollowedBySign(ReadOnlySpan<byte> raw, int at)
    {
        while (at < raw.Length && raw[at] == ' ')
            at++;
        return at + 1 < raw.Length && raw[at] is (byte)'+' or (byte)'-' && char.IsAsciiDigit((char)raw[at + 1]);
    }

    private static int? Zone(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("gmt"u8) || word.SequenceEqual("utc"u8) || word.SequenceEqual("ut"u8) || word.SequenceEqual("z"u8))
            return 0;
        if (word.Length != 3 && word.Length != 4)
            return null;
        return Encoding.ASCII.GetString(word) switch
        {
            "est" => -5,
            "edt" => -4,
            "cst" => -6,
            "cdt" => -5,
            "mst" => -7,
            "mdt" => -6,
            "pst" => -8,
            "pdt" => -7,
            "akst" => -9,
            "akdt" => -8,
            "hst" => -10,
            "bst" => 1,
            "cet" or "met" => 1,
            "cest" or "mest" or "eet" => 2,
            "eest" or "msk" => 3,
            "jst" or "kst" => 9,
            "aest" => 10,
            "aedt" => 11,
            _ => null,
        };
    }

    /// <summary>Where the colon stands that only white space and comments divide from here; -1 when something else comes first.</summary>
    private static int ColonAfter(ReadOnlySpan<byte> raw, int at)
    {
        while (at < raw.Length && raw[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'(')
        {
            if (raw[at] == '(')
                SkipComment(raw, ref at);
            else
                at++;
        }
        return at < raw.Length && raw[at] == ':' ? at : -1;
    }

    private static void SkipSpace(ReadOnlySpan<byte> raw, ref int at)
    {
        while (at < raw.Length && raw[at] is (byte)' ' or (byte)'\t')
            at++;
    }

    private static void SkipComment(ReadOnlySpan<byte> raw, ref int at)
    {
        var close = raw[at..].IndexOf((byte)')');
        at = close < 0 ? raw.Length : at + close + 1;
    }

    private static int Number(ReadOnlySpan<byte> raw, ref int at)
    {
        var value = 0;
        for (; at < raw.Length && char.IsAsciiDigit((char)raw[at]); at++)
            value = Math.Min(value, 99_999_999) * 10 + (raw[at] - '0');
        return value;
    }
}
