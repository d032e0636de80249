using System.Buffers;

namespace EmailOps.Core.Learning;

/// <summary>What was taken out of a text because nobody sees it.</summary>
/// <param name="InsideWords">Zero-width characters between two Latin letters: words cut so that filters miss them.</param>
/// <param name="Bidi">Overrides and embeddings that show text in another order than it is read (Unicode TR 36, section 2.5).</param>
/// <param name="Tags">Characters of the tag block U+E0000, invisible copies of ASCII.</param>
internal readonly record struct InvisibleCharacters(int ZeroWidth, int InsideWords, int Bidi, int Tags);

/// <summary>Takes out characters that are not seen, so that everything after it reads what a person reads.</summary>
internal static class VisibleText
{
    private static readonly SearchValues<char> s_suspects = SearchValues.Create(
        "\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206A\u206B\u206C\u206D\u206E\u206F\uFEFF\uDB40\0");

    /// <summary>The text itself when there is nothing to take out.</summary>
    /// <param name="tagged">What the tag characters spell; empty as a rule.</param>
    public static string Of(string text, out InvisibleCharacters removed, out string tagged)
    {
        removed = default;
        tagged = "";
        var at = text.AsSpan().IndexOfAny(s_suspects);
        if (at < 0)
            return text;
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        text.AsSpan(0, at).CopyTo(buffer);
        var length = at;
        List<char>? tags = null;
        int zeroWidth = 0, inside = 0, bidi = 0;
        for (var i = at; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\uDB40' && i + 1 < text.Length && text[i + 1] is >= '\uDC00' and <= '\uDC7F')
            {
                // England, Scotland and Wales are a black flag followed by tags: an emoji, not a hiding place.
                if (!(i >= 2 && text[i - 2] == '\uD83C' && text[i - 1] == '\uDFF4') && (tags != null || !AfterFlag(text, i)))
                    (tags ??= []).Add((char)(text[i + 1] - 0xDC00));
                i++;
            }
            else if (!s_suspects.Contains(c) || c == '\uDB40')
                buffer[length++] = c;
            else if (c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
                bidi++;
            else
            {
                zeroWidth++;
                if (c != '\u00AD' && length > 0 && char.IsAsciiLetter(buffer[length - 1]) && i + 1 < text.Length && char.IsAsciiLetter(text[i + 1]))
                    inside++;
            }
        }
        var result = new string(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        removed = new InvisibleCharacters(zeroWidth, inside, bidi, tags?.Count ?? 0);
        if (tags != null)
            tagged = new string([.. tags.Where(c => c is >= ' ' and < '\x7F')]);
        return result;
    }

    private static bool AfterFlag(string text, int at)
    {
        while (at >= 2 && text[at - 2] == '\uDB40')
            at -= 2;
        return at >= 2 && text[at - 2] == '\uD83C' && text[at - 1] == '\uDFF4';
    }
}
