using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Tells the legacy charsets apart that fill whole words with bytes above 127: Cyrillic, Chinese, Japanese, Korean. Western text has such bytes one at
/// a time, which is what everything is taken for when nothing speaks for the others. Looks at the first few kilobytes.
/// </summary>
internal static class LegacyGuess
{
    private const int Sample = 8 * 1024;

    public static Encoding? From(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Sample)];
        var counts = Count(bytes);
        // Two or more in a row on average, and enough of them to say anything. (In Big5 every third follows a letter of ASCII.)
        if (counts.High < 6)
            return null;
        if (counts.High < counts.Runs * 2)
            return Big5(bytes);
        if (counts.AboveC0 * 20 >= counts.High * 19)
            return Cyrillic(counts);
        if (counts.OddRuns > 0)
            return ShiftJis(bytes, counts) ?? Thai(bytes, counts) ?? Big5(bytes);
        if (counts.KanaPairs * 4 > counts.Pairs)
            return CharsetNames.Find("euc-jp");
        if (counts.HangulPairs * 10 >= counts.Pairs * 9 && counts.Pairs >= 3)
            return CharsetNames.Find("euc-kr");
        return counts.CommonHanziPairs * 2 > counts.Pairs ? CharsetNames.Find("gb18030") : null;
    }

    private struct Counts
    {
        public int High, Runs, OddRuns, Pairs, AboveC0, Upper, KanaPairs, HangulPairs, CommonHanziPairs;
    }

    private static Counts Count(ReadOnlySpan<byte> bytes)
    {
        var counts = default(Counts);
        for (var at = 0; at < bytes.Length;)
        {
            var start = at;
            while (at < bytes.Length && bytes[at] >= 0x80)
                at++;
            if (at == start)
            {
                at++;
                continue;
            }
            var run = bytes[start..at];
            counts.Runs++;
            counts.High += run.Length;
            counts.OddRuns += run.Length & 1;
            foreach (var b in run)
            {
                counts.AboveC0 += b >= 0xC0 ? 1 : 0;
                counts.Upper += b >= 0xE0 ? 1 : 0;
            }
            for (var pair = 0; pair + 1 < run.Length; pair += 2)
            {
                counts.Pairs++;
                counts.KanaPairs += run[pair] is 0xA4 or 0xA5 ? 1 : 0;
                counts.HangulPairs += run[pair] is >= 0xB0 and <= 0xC8 ? 1 : 0;
                counts.CommonHanziPairs += run[pair] is >= 0xB0 and <= 0xD7 || (run[pair] == 0xA3 && run[pair + 1] >= 0xA1) ? 1 : 0;
            }
        }
        return counts;
    }

    /// <summary>Small letters are most of a text: E0 to FF in windows-1251, C0 to DF in KOI8-R.</summary>
    private static Encoding? Cyrillic(in Counts counts) =>
        counts.High < counts.Runs * 3 ? null : CharsetNames.Find(counts.Upper * 2 > counts.High ? "windows-1251" : "koi8-r");

    /// <summary>Vowels and tone marks of TIS-620 stand among its consonants; nothing else has words that long in these rows.</summary>
    private static Encoding? Thai(ReadOnlySpan<byte> bytes, in Counts counts)
    {
        if (counts.High < counts.Runs * 5)
            return null;
        int thai = 0, marks = 0;
        foreach (var b in bytes)
        {
            thai += b is (>= 0xA1 and <= 0xDA) or (>= 0xDF and <= 0xFB) ? 1 : 0;
            marks += b is (>= 0xD0 and <= 0xDA) or (>= 0xE0 and <= 0xEE) ? 1 : 0;
        }
        return thai * 20 >= counts.High * 19 && marks * 4 > counts.High ? CharsetNames.Find("windows-874") : null;
    }

    /// <summary>A4 to C6 start the frequent characters; the second byte may be ASCII.</summary>
    private static Encoding? Big5(ReadOnlySpan<byte> bytes)
    {
        int pairs = 0, frequent = 0, broken = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] < 0x80)
                continue;
            var trail = at + 1 < bytes.Length ? bytes[at + 1] : (byte)0;
            if (bytes[at] is < 0xA1 or > 0xF9 || trail is not ((>= 0x40 and <= 0x7E) or (>= 0xA1 and <= 0xFE)))
            {
                broken++;
                continue;
            }
            pairs++;
            frequent += bytes[at] is >= 0xA4 and <= 0xC6 ? 1 : 0;
            at++;
        }
        return pairs >= 4 && broken * 50 <= pairs && frequent * 10 > pairs * 7 ? CharsetNames.Find("big5") : null;
    }

    /// <summary>Hiragana and katakana start with 82 and 83, and nothing else makes those so frequent.</summary>
    private static Encoding? ShiftJis(ReadOnlySpan<byte> bytes, in Counts counts)
    {
        var kana = bytes.Count((byte)0x82) + bytes.Count((byte)0x83);
        return kana * 4 > counts.High ? CharsetNames.Find("shift_jis") : null;
    }
}
