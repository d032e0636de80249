using System.Buffers;

namespace EmailOps.Core.Triage.Lexicons;

/// <summary>A mark in raw text, with its weight as evidence of an attack (0-1).</summary>
internal readonly record struct RawMark(string Signal, double Weight, string Reason, int Start);

/// <summary>Marks that are characters rather than words: fences of prompts, script in plain text, calls of tools, hidden comments.</summary>
internal static class RawMarks
{
    private static readonly (string Mark, string Signal, double Weight, string Reason)[] s_marks =
    [
        ("<|im_start|>", "attack-fence", 0.8, "It contains the fences of a model's prompt."),
        ("<|system|>", "attack-fence", 0.8, "It contains the fences of a model's prompt."),
        ("<|endoftext|>", "attack-fence", 0.8, "It contains the fences of a model's prompt."),
        ("[inst]", "attack-fence", 0.7, "It contains the fences of a model's prompt."),
        ("<<sys>>", "attack-fence", 0.8, "It contains the fences of a model's prompt."),
        ("</user>", "attack-fence", 0.7, "It contains the fences of a model's prompt."),
        ("<system>", "attack-fence", 0.7, "It contains the fences of a model's prompt."),
        ("</system>", "attack-fence", 0.6, "It contains the fences of a model's prompt."),
        ("[system]", "attack-fence", 0.6, "It contains the fences of a model's prompt."),
        ("### instruction", "attack-fence", 0.6, "It contains the fences of a model's prompt."),
        ("### system", "attack-fence", 0.6, "It contains the fences of a model's prompt."),
        ("onerror=", "attack-script", 0.7, "It contains script in plain text."),
        ("onload=", "attack-script", 0.7, "It contains script in plain text."),
        ("javascript:", "attack-script", 0.6, "It contains script in plain text."),
        ("<script", "attack-script", 0.6, "It contains script in plain text."),
        ("display:none", "attack-hidden", 0.6, "It contains markup that hides text."),
        ("color:white", "attack-hidden", 0.5, "It contains markup that hides text."),
        ("font-size:0", "attack-hidden", 0.5, "It contains markup that hides text."),
        ("](http", "attack-image", 0, ""),
        ("<!--", "attack-comment", 0, ""),
    ];

    private static readonly SearchValues<string> s_any = SearchValues.Create([.. s_marks.Select(m => m.Mark)], StringComparison.OrdinalIgnoreCase);

    public static void Find(ReadOnlySpan<char> text, List<RawMark> found)
    {
        var at = 0;
        while (at < text.Length && found.Count < 8 && text[at..].IndexOfAny(s_any) is >= 0 and var skip)
        {
            at += skip;
            foreach (var (mark, signal, weight, reason) in s_marks)
            {
                if (!text[at..].StartsWith(mark, StringComparison.OrdinalIgnoreCase))
                    continue;
                if (weight > 0)
                    found.Add(new RawMark(signal, weight, reason, at));
                else if (mark == "](http" && IsImageWithQuery(text, at))
                    found.Add(new RawMark("attack-image", 0.6, "It contains an image whose address carries data out.", at));
                else if (mark == "<!--" && text[at..].IndexOf("-->") is > 24)
                    found.Add(new RawMark("attack-comment", 0.45, "It contains a comment that no reader would see.", at));
                break;
            }
            at++;
        }
    }

    /// <summary>Markdown image <c>![text](https://host/?q=...)</c>: a renderer would fetch it and send the query along.</summary>
    private static bool IsImageWithQuery(ReadOnlySpan<char> text, int at)
    {
        var open = text[..at].LastIndexOf('[');
        var close = text[at..].IndexOf(')');
        return open > 0 && text[open - 1] == '!' && close > 0 && text.Slice(at, close).Contains('?');
    }
}
