using System.Buffers.Text;
using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>Writes text that people wrote into header fields: plain where that reads back the same, else as encoded words (RFC 2047) in UTF-8.</summary>
internal static class HeaderWords
{
    private const string Base64Start = "=?utf-8?B?";
    private const string QuotedStart = "=?utf-8?Q?";

    // Both starts are as long; the end is "?=".
    private static readonly int Frame = QuotedStart.Length + 2;

    // RFC 2047, section 2.
    private const int MaxWord = 75;

    // A frame and one character of four octets in Q.
    private const int LeastRoom = 24;

    /// <summary>One line without control characters and lone surrogates, trimmed.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsControl(rune))
                clean.Append(rune.ToString());
            else if (clean.Length > 0 && clean[^1] != ' ')
                clean.Append(' ');
        }
        return clean.ToString().Trim();
    }

    /// <summary>Unstructured text. Words longer than <paramref name="longest"/> are encoded, so that they can be folded.</summary>
    public static void WriteText(HeaderSection header, string text, int longest)
    {
        if (text.Length == 0)
            return;
        var words = text.Split(' ');
        bool IsOdd(string word) => word.Length == 0 || word.Length > longest || !IsPlain(word);
        var first = Array.FindIndex(words, IsOdd);
        var last = Array.FindLastIndex(words, IsOdd);
        if (first < 0)
        {
            Array.ForEach(words, header.Token);
            return;
        }
        // Two spaces in a row are an empty word: its neighbours are encoded with it, or readers would make one space of them.
        if (words[first].Length == 0)
            first = Math.Max(0, first - 1);
        if (words[last].Length == 0)
            last = Math.Min(words.Length - 1, last + 1);
        Array.ForEach(words[..first], header.Token);
        WriteEncoded(header, string.Join(' ', words[first..(last + 1)]));
        Array.ForEach(words[(last + 1)..], header.Token);
    }

    /// <summary>All of the text as encoded words; none splits a character, white space between them is not shown.</summary>
    public static void WriteEncoded(HeaderSection header, string text)
    {
        foreach (var word in Encoded(text, () => header.Room(LeastRoom)))
            header.Token(word);
    }

    /// <summary>The encoded words of a text; <paramref name="room"/> is asked before each how long it may be.</summary>
    public static IEnumerable<string> Encoded(string text, Func<int> room)
    {
        var inBase64 = IsSmallerInBase64(text);
        for (var at = 0; at < text.Length;)
        {
            var space = Math.Min(room(), MaxWord) - Frame;
            var end = at;
            for (int octets = 0, length = 0; end < text.Length;)
            {
                var rune = Rune.GetRuneAt(text, end);
                octets += rune.Utf8SequenceLength;
                length += QuotedLength(rune);
                if ((inBase64 ? (octets + 2) / 3 * 4 : length) > space)
                    break;
                end += rune.Utf16SequenceLength;
            }
            yield return inBase64 ? $"{Base64Start}{Convert.ToBase64String(Encoding.UTF8.GetBytes(text[at..end]))}?=" : $"{QuotedStart}{Quoted(text.AsSpan(at..end))}?=";
            at = end;
        }
    }

    public static bool IsPlain(ReadOnlySpan<char> word) => !word.ContainsAnyExceptInRange('!', '~') && word.IndexOf("=?") < 0;

    private static bool IsSmallerInBase64(string text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
            length += QuotedLength(rune);
        return Base64.GetMaxEncodedToUtf8Length(Encoding.UTF8.GetByteCount(text)) < length;
    }

    private static int QuotedLength(Rune rune) => rune.Value == ' ' || IsSafe(rune) ? 1 : 3 * rune.Utf8SequenceLength;

    private static string Quoted(ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder();
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == ' ' || IsSafe(rune))
            {
                quoted.Append(rune.Value == ' ' ? '_' : (char)rune.Value);
                continue;
            }
            foreach (var octet in octets[..rune.EncodeToUtf8(octets)])
                quoted.Append('=').Append(octet.ToString("X2", null));
        }
        return quoted.ToString();
    }

    // What may stand in a phrase as it is (RFC 2047, section 5, rule 3), "=" and "_" apart: safe in every field.
    private static bool IsSafe(Rune rune) => rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '!' or '*' or '+' or '-' or '/');
}
