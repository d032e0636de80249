using System.Globalization;
using System.Text;

namespace EmailOps.Core.Audit;

/// <summary>The name a person signs in with and goes by in the audit.</summary>
internal static class PersonName
{
    public const int Longest = 60;

    /// <summary>What the audit uses for other actors than people; nobody may go by them.</summary>
    private static readonly string[] Taken = ["emailops", "installation", "unknown", "schedule", "link"];

    /// <summary>How names are compared: "Ana" in full-width letters is "ana".</summary>
    public static string Key(string name) => name.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    /// <returns>Null, or what to change.</returns>
    public static string? Problem(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "A name is needed.";
        if (name.Length > Longest) return $"A name has at most {Longest} characters.";
        if (name != name.Trim() || name.Contains("  ", StringComparison.Ordinal)) return "A name has no spaces around it, and single ones within.";
        foreach (var rune in name.EnumerateRunes())
            if (!Rune.IsLetterOrDigit(rune) && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.NonSpacingMark && rune.Value is not (' ' or '-' or '\'' or '.' or '_' or '@'))
                return "A name has letters, digits, spaces and - ' . _ @ only.";
        return Array.Exists(Taken, t => Key(name) == t || Key(name).StartsWith($"{t} ", StringComparison.Ordinal)) ? "That name stands for EmailOps itself; choose another." : null;
    }
}
