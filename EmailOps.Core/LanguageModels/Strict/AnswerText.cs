using System.Globalization;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>Texts as models write them: in fences, after thoughts, with signs nobody sees.</summary>
internal static class AnswerText
{
    private const string ThoughtsEnd = "</think>";
    /// <summary>So many characters in a row are no accident.</summary>
    private const int Run = 80;

    /// <summary>Without thoughts before it and a Markdown fence around it; nothing else is forgiven.</summary>
    public static string Bare(string answer)
    {
        var text = answer.AsSpan().Trim();
        if (text.StartsWith("<think>", StringComparison.Ordinal) && text.IndexOf(ThoughtsEnd, StringComparison.Ordinal) is var end and >= 0) text = text[(end + ThoughtsEnd.Length)..].Trim();
        if (text.StartsWith("```", StringComparison.Ordinal) && text.EndsWith("```", StringComparison.Ordinal) && text.IndexOf('\n') is var line and > 0 && text.Length > line + 3)
            text = text[(line + 1)..^3].Trim();
        return text.ToString();
    }

    /// <summary>Without control characters but line ends, and without marks that hide or turn text (zero-width, bidirectional).</summary>
    public static string Clean(string text)
    {
        text = text.ReplaceLineEndings("\n");
        return string.Concat(text.Where(c => c is '\n' or '\t' || !(char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format && c != '\u200D'))).Trim();
    }

    /// <summary>At the end of a word, if one is near.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var blank = text.LastIndexOfAny([' ', '\n', '\t'], longest);
        var at = blank > longest * 3 / 4 ? blank : longest;
        if (at > 0 && char.IsHighSurrogate(text[at - 1])) at--;
        return text[..at].TrimEnd();
    }

    /// <summary>Whether a long piece of <paramref name="instructions"/> stands in it word for word.</summary>
    public static bool Repeats(string text, string instructions)
    {
        for (var at = 0; at + Run <= instructions.Length; at += Run / 2)
            if (text.Contains(instructions.AsSpan(at, Run), StringComparison.Ordinal)) return true;
        return false;
    }
}
