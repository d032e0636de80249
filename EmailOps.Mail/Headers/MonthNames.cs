namespace EmailOps.Mail;

/// <summary>
/// Months by their first three letters. RFC 5322 knows the English ones; programs that let their locale write the date use others, of which those stand
/// here that are ASCII and no weekday. (French juin and juillet begin alike, and are left out.)
/// </summary>
internal static class MonthNames
{
    private static ReadOnlySpan<byte> English => "janfebmaraprmayjunjulaugsepoctnovdec"u8;

    // German, Dutch, Italian, Portuguese, Spanish, French; the number of each below it.
    private static ReadOnlySpan<byte> Others => "maimeimagoktottoutdezdicmrzmaaenegenfevabravrgiulugagoaouset"u8;

    private static ReadOnlySpan<byte> OtherNumbers => [5, 5, 5, 10, 10, 10, 12, 12, 3, 3, 1, 1, 2, 4, 4, 6, 7, 8, 8, 9];

    /// <summary>1 to 12; 0 when the letters, which must be three in lower case, are no month.</summary>
    public static int Find(ReadOnlySpan<byte> letters)
    {
        if (Index(English, letters) is >= 0 and var month)
            return month + 1;
        return Index(Others, letters) is >= 0 and var other ? OtherNumbers[other] : 0;
    }

    private static int Index(ReadOnlySpan<byte> names, ReadOnlySpan<byte> letters)
    {
        for (var at = 0; at < names.Length; at += 3)
        {
            if (names.Slice(at, 3).SequenceEqual(letters))
                return at / 3;
        }
        return -1;
    }
}
