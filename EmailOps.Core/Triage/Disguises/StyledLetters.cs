using System.Text;

namespace EmailOps.Core.Triage.Disguises;

/// <summary>Words in mathematical, circled, squared or full-width letters.</summary>
internal static class StyledLetters
{
    /// <summary>One or two are a symbol in a formula, a mark or an emoji.</summary>
    private const int Least = 3;

    public static void Find(string text, int from, ref List<DisguisedSpan>? found)
    {
        var plain = new StringBuilder();
        for (var at = from; at < text.Length;)
        {
            plain.Clear();
            var end = at;
            while (end < text.Length && LookAlikes.Unstyle(text.AsSpan(end, Math.Min(2, text.Length - end)), out var length) is not '\0' and var letter)
            {
                plain.Append(letter);
                end += length;
            }
            if (plain.Length >= Least)
                (found ??= []).Add(new DisguisedSpan(at, end, plain.ToString(), "styled letters"));
            at = Math.Max(end, at + 1);
        }
    }
}
