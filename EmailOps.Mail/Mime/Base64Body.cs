using System.Buffers;

namespace EmailOps.Mail;

/// <summary>Where a text that says it is base64 is not: a part that was never encoded, a footer that a mailing list put below it.</summary>
internal static class Base64Body
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \t\r\n"u8);

    /// <summary>True when what should be base64 is words: many spaces inside lines, and not between whole groups of four. Looks at the start only.</summary>
    public static bool IsPlainlyText(ReadOnlySpan<byte> body)
    {
        var sample = body[..Math.Min(body.Length, 2048)];
        if (sample.IndexOf((byte)' ') < 0)
            return false;
        int inside = 0, odd = 0, wordStart = 0;
        for (var at = 0; at < sample.Length; at++)
        {
            if (sample[at] > ' ')
                continue;
            odd += (at - wordStart) % 4 != 0 ? 1 : 0;
            wordStart = at + 1;
            inside += sample[at] == ' ' && at > 0 && sample[at - 1] > ' ' && at + 1 < sample.Length && sample[at + 1] > ' ' ? 1 : 0;
        }
        return inside * 30 > sample.Length && inside > 2 && odd > 1;
    }

    /// <summary>Where text starts that stands below finished base64 (its padding tells that it is finished); -1 when there is none.</summary>
    public static int FooterStart(ReadOnlySpan<byte> body)
    {
        var padding = body.IndexOf((byte)'=');
        if (padding < 4 || body[..padding].ContainsAnyExcept(Alphabet))
            return -1;
        var rest = body[padding..].TrimStart("="u8);
        var below = rest.TrimStart(" \t\r\n"u8);
        // Encoded pieces may follow each other; words are told by what base64 has not, or by spaces between them.
        return below.Length == rest.Length || below.IsEmpty || !(below.ContainsAnyExcept(Alphabet) || IsPlainlyText(below)) ? -1 : body.Length - below.Length;
    }
}
