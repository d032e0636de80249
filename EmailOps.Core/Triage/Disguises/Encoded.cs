using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>Runs of base64, hexadecimal digits and percent signs that say something when they are decoded.</summary>
internal static class Encoded
{
    /// <summary>Shorter runs are numbers and names, and have no room for an order.</summary>
    public const int LeastBase64 = 20, LeastHex = 20;
    private const int LeastPairs = 10, LeastPercent = 6;
    /// <summary>A line of base64 that is broken is this long at least (RFC 2045 and RFC 7468 break at 76 and 64).</summary>
    private const int LeastLine = 40;
    /// <summary>As much is looked at to see whether a run is words.</summary>
    private const int Probe = 64;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_';

    /// <param name="at">A character inside the run.</param>
    /// <param name="from">The run does not begin before.</param>
    /// <param name="end">Where the run ends, decoded or not: nothing in it needs to be looked at again.</param>
    public static DisguisedSpan? Run(string text, int at, int from, out int end)
    {
        var start = at;
        while (start > from && IsBase64(text[start - 1]))
            start--;
        var line = start;
        var isWrapped = false;
        for (end = at; end < text.Length; end++)
        {
            if (IsBase64(text[end]))
                continue;
            var next = text[end] == '\r' ? end + 2 : end + 1;
            if (text[end] is not ('\r' or '\n') || end - line < LeastLine || next >= text.Length || !IsBase64(text[next]))
                break;
            (line, end, isWrapped) = (next, next - 1, true);
        }
        var run = text.AsSpan(start, end - start);
        if (!isWrapped && run.Length >= LeastHex && run.Length % 2 == 0 && !run.ContainsAnyExcept(s_hex) && Words(Convert.FromHexString(run)) is { } hex)
            return new DisguisedSpan(start, end, Apart(hex), "hexadecimal");
        if (run.Length < LeastBase64 || Decode(run) is not { } plain)
            return null;
        while (end < text.Length && text[end] == '=')
            end++;
        return new DisguisedSpan(start, end, Apart(plain), "base64");
    }

    private static string? Decode(ReadOnlySpan<char> run)
    {
        var bytes = new byte[run.Length];
        var count = 0;
        foreach (var c in run)
            if (c is not ('\r' or '\n'))
                bytes[count++] = (byte)(c switch { '-' => '+', '_' => '/', _ => c });
        // A word or a path may stand before the run without a gap.
        for (var skip = 0; skip < 4 && count - skip >= LeastBase64; skip++)
            if (Words(FromBase64(bytes.AsSpan(skip, Math.Min(Probe, count - skip)))) != null)
                return Words(FromBase64(bytes.AsSpan(skip, count - skip)));
        return null;
    }

    private static byte[] FromBase64(ReadOnlySpan<byte> run)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(run.Length + 4)];
        // What stands over at the end without padding: one character is half a byte, two or three are padded here.
        var whole = run[..(run.Length - run.Length % 4)];
        Base64.DecodeFromUtf8(whole, decoded, out _, out var written);
        if (run.Length % 4 > 1)
        {
            Span<byte> last = [(byte)'=', (byte)'=', (byte)'=', (byte)'='];
            run[whole.Length..].CopyTo(last);
            Base64.DecodeFromUtf8(last, decoded.AsSpan(written), out _, out var more);
            written += more;
        }
        return decoded[..written];
    }

    /// <summary>UTF-8 that is mostly letters and spaces; null otherwise: keys, pictures and signatures are not.</summary>
    private static string? Words(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        int letters = 0, odd = 0;
        foreach (var c in text)
            if (char.IsLetter(c) || c is ' ')
                letters++;
            else if (c == '\uFFFD' || char.IsControl(c) && !char.IsWhiteSpace(c))
                odd++;
        // The end may be cut inside a character.
        return text.Length >= 8 && letters * 10 >= text.Length * 7 && odd * 20 <= text.Length + 20 ? text : null;
    }

    /// <summary>Pairs of hexadecimal digits, each a token: <c>69 67 6e</c>, <c>\x69\x67</c>, <c>0x69, 0x67</c>.</summary>
    /// <param name="pairs">Where the two digits of each stand.</param>
    public static DisguisedSpan? Pairs(string text, List<int> pairs, int start)
    {
        if (pairs.Count < LeastPairs)
            return null;
        var bytes = new byte[pairs.Count];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(Nibble(text[pairs[i]]) << 4 | Nibble(text[pairs[i] + 1]));
        return Words(bytes) is { } plain ? new DisguisedSpan(start, pairs[^1] + 2, Apart(plain), "hexadecimal") : null;
    }

    /// <summary>Words with percent signs. In an address only letters count that need no sign (RFC 3986, section 2.3): spaces and accents have to be written so there.</summary>
    /// <param name="at">The first percent sign.</param>
    public static DisguisedSpan? Percent(string text, int at, int from, out int end)
    {
        var start = at;
        while (start > from && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('"' or '<' or '>' or '(' or ')'))
            start--;
        List<byte> bytes = [];
        int signs = 0, needless = 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (end = start; end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '<' or '>' or '(' or ')'); end++)
        {
            if (text[end] == '%' && end + 2 < text.Length && char.IsAsciiHexDigit(text[end + 1]) && char.IsAsciiHexDigit(text[end + 2]))
            {
                var value = (byte)(Nibble(text[end + 1]) << 4 | Nibble(text[end + 2]));
                bytes.Add(value);
                signs++;
                needless += char.IsAsciiLetterOrDigit((char)value) ? 1 : 0;
                end += 2;
            }
            else if (Rune.TryGetRuneAt(text, end, out var rune))
            {
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                end += rune.Utf16SequenceLength - 1;
            }
        }
        var run = text.AsSpan(start, end - start);
        var isAddress = run.Contains("://", StringComparison.Ordinal) || run.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || run.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase);
        if (needless < LeastPercent && (isAddress || signs < 2))
            return null;
        return Words([.. bytes]) is { } plain ? new DisguisedSpan(start, end, Apart(plain), "percent signs") : null;
    }

    /// <summary>As a paragraph of its own, so that its sentences do not run into the mail's.</summary>
    private static string Apart(string plain) => $"\n\n{plain}\n\n";

    public static int Nibble(char c) => c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}
