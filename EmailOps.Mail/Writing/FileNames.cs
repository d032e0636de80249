using System.Buffers;
using System.Text;

namespace EmailOps.Mail.Writing;

/// <summary>
/// Writes a file's name twice: as <c>filename</c> of Content-Disposition by RFC 2231, and as <c>name</c> of Content-Type by RFC 2047, which no standard
/// allows there and old readers expect.
/// </summary>
internal static class FileNames
{
    // A quoted string of this length fits a line whatever stands before it.
    private const int LongestPlain = 60;
    private const int LongestName = 500;

    private static readonly SearchValues<char> Doubtful = SearchValues.Create("\"\\%'*=?;<>/");

    public static string Clean(string name)
    {
        var clean = HeaderWords.Clean(name);
        if (clean.Length is 0 or > LongestName)
            throw new ArgumentException($"A file's name has 1 to {LongestName} characters.");
        return clean;
    }

    /// <summary>Finishes a Content-Type that was begun with its media type.</summary>
    public static void WriteName(HeaderSection header, string name)
    {
        if (IsSimple(name))
        {
            header.Token($"name=\"{name}\"");
            return;
        }
        // The encoded words stand in one quoted string, folded between them; beside the longest there is room for label and quotes.
        var words = HeaderWords.Encoded(name, () => HeaderSection.Width - 10).ToList();
        for (var i = 0; i < words.Count; i++)
            header.Token($"{(i == 0 ? "name=\"" : "")}{words[i]}{(i == words.Count - 1 ? "\"" : "")}");
    }

    /// <summary>Finishes a Content-Disposition that was begun.</summary>
    public static void WriteFileName(HeaderSection header, string name)
    {
        if (IsSimple(name))
        {
            header.Token($"filename=\"{name}\"");
            return;
        }
        var pieces = Pieces(name).ToList();
        for (var i = 0; i < pieces.Count; i++)
        {
            var label = pieces.Count == 1 ? "filename*=" : $"filename*{i}*=";
            header.Token($"{label}{(i == 0 ? "utf-8''" : "")}{pieces[i]}{(i == pieces.Count - 1 ? "" : ";")}");
        }
    }

    /// <summary>Percent-encoded runs that fit a line (RFC 2231, sections 3 and 4), none of which splits a character.</summary>
    private static IEnumerable<string> Pieces(string name)
    {
        const int longest = 50;
        var piece = new StringBuilder();
        var octets = new byte[4];
        foreach (var rune in name.EnumerateRunes())
        {
            var isPlain = rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '.' or '-' or '_');
            var length = isPlain ? 1 : 3 * rune.Utf8SequenceLength;
            if (piece.Length + length > longest)
            {
                yield return piece.ToString();
                piece.Clear();
            }
            if (isPlain)
                piece.Append((char)rune.Value);
            else
                foreach (var octet in octets.AsMemory(0, rune.EncodeToUtf8(octets)).ToArray())
                    piece.Append('%').Append(octet.ToString("X2", null));
        }
        yield return piece.ToString();
    }

    // What every reader takes in quotes without a second thought.
    private static bool IsSimple(string name) =>
        name.Length <= LongestPlain && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.AsSpan().ContainsAny(Doubtful) && !name.Contains("  ", StringComparison.Ordinal);
}
