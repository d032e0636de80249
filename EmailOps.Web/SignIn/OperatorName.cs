using System.Globalization;
using System.Text;

namespace EmailOps.Web.SignIn;

/// <summary>The name an operator goes by in the audit. Typed by a person, sent on in a header, shown to others.</summary>
internal static class OperatorName
{
    public const int MostCharacters = 60;
    public const string Default = "operator";

    /// <summary>Letters, digits, spaces and the punctuation of names; at most <see cref="MostCharacters"/>; never empty.</summary>
    public static string Clean(string? typed)
    {
        var name = new StringBuilder(MostCharacters);
        foreach (var rune in (typed ?? "").Trim().EnumerateRunes())
        {
            if (name.Length + rune.Utf16SequenceLength > MostCharacters)
                break;
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark || rune.Value is ' ' or '-' or '\'' or '.' or '_' or '@')
                name.Append(rune.ToString());
        }
        return name.ToString().Trim() is { Length: > 0 } clean ? clean : Default;
    }
}
