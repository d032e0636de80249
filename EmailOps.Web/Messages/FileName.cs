using System.Globalization;
using System.Text;

namespace EmailOps.Web.Messages;

/// <summary>Names of files that strangers chose.</summary>
internal static class FileName
{
    private const int MostCharacters = 120;

    /// <summary>
    /// The last part of the name without anything a shell, a file system or an eye could take for something else: separators, control and
    /// format characters (a right-to-left mark makes <c>gpj.exe</c> look like <c>exe.jpg</c>), leading dots.
    /// </summary>
    public static string Safe(string? name, string fallback)
    {
        var trimmed = (name ?? "").Trim('"', ' ');
        var last = trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..].TrimStart('.', ' ', '-');
        var safe = new StringBuilder(Math.Min(last.Length, MostCharacters));
        foreach (var rune in last.EnumerateRunes())
        {
            if (safe.Length + rune.Utf16SequenceLength > MostCharacters)
                break;
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse)
                continue;
            safe.Append(rune.Value is '"' or '<' or '>' or ':' or '|' or '?' or '*' ? "_" : rune.ToString());
        }
        return safe.ToString().TrimEnd('.', ' ') is { Length: > 0 } clean ? clean : fallback;
    }
}
