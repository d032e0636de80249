using EmailOps.Core.Learning;

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

    /// <summary>What a person sees of it, in lines: without marks that hide or turn text, and without control characters but line ends and tabs.</summary>
    public static string Clean(string text)
        => string.Concat(VisibleText.Of(text, out _, out _).ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))).Trim();

    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>At the end of a word, if one is near; what is missing shows.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var at = longest - 1;
        var blank = text.LastIndexOfAny([' ', '\n', '\t'], at);
        if (blank > at * 3 / 4) at = blank;
        if (at > 0 && char.IsHighSurrogate(text[at - 1])) at--;
        return string.Concat(text.AsSpan(0, at).TrimEnd(), "…");
    }

    /// <summary>Whether a long piece of <paramref name="instructions"/> stands in it word for word, however it is broken into lines.</summary>
    public static bool Repeats(string text, string instructions)
    {
        (text, instructions) = (OneLine(text), OneLine(instructions));
        for (var at = 0; at + Run <= instructions.Length; at += Run / 2)
            if (text.AsSpan().Contains(instructions.AsSpan(at, Run), StringComparison.Ordinal)) return true;
        return false;
    }
}
