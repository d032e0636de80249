using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes;

/// <summary>What the words around a mailbox's answers must be like. Each answer is a sentence that begins with the field's name; null when all is well.</summary>
internal static partial class ReplyRules
{
    public const int MostLanguages = 30;
    public const int LongestTeam = 100, LongestLine = 200, LongestSignOff = 500, LongestSignature = 1_000;
    public const int MostSignOffLines = 8, MostSignatureLines = 12;
    private const string Name = "{name}", Team = "{team}";

    public static string? Problem(this ReplySettings reply)
    {
        if (Text("reply.team", reply.Team, LongestTeam, 1, []) is { } team) return team;
        if (Text("reply.signature", reply.Signature, LongestSignature, MostSignatureLines, [Team]) is { } signature) return signature;
        if (reply.Languages is null) return "reply.languages must be an object; it may be empty.";
        if (reply.Languages.Count > MostLanguages) return $"reply.languages names {reply.Languages.Count}; at most {MostLanguages} are kept.";
        foreach (var (language, words) in reply.Languages)
        {
            if (!Code().IsMatch(language)) return $"reply.languages has \"{Shown(language)}\"; write languages as en, de, fr.";
            if (words is null) return $"reply.languages.{language} is null; leave it out instead.";
            if (Problem($"reply.languages.{language}", words) is { } problem) return problem;
        }
        return null;
    }

    private static string? Problem(string at, ReplyWords words)
        => Text($"{at}.greeting", words.Greeting, LongestLine, 1, [Name])
        ?? (words.Greeting is { Length: > 0 } greeting && !greeting.Contains(Name, StringComparison.Ordinal) ? $"{at}.greeting must contain {Name}; what is said without a name is greetingWithoutName." : null)
        ?? Text($"{at}.greetingWithoutName", words.GreetingWithoutName, LongestLine, 1, [])
        ?? Text($"{at}.intro", words.Intro, LongestLine, 1, [])
        ?? Text($"{at}.signOff", words.SignOff, LongestSignOff, MostSignOffLines, [Team])
        ?? Text($"{at}.signature", words.Signature, LongestSignature, MostSignatureLines, [Team]);

    private static string? Text(string field, string? text, int longest, int lines, string[] placeholders)
    {
        if (text is null) return null;
        if (text.Length > longest) return $"{field} has {text.Length} characters; at most {longest} are kept.";
        if (text.Contains('\r', StringComparison.Ordinal)) return $"{field} has a carriage return; end lines with \\n alone.";
        if (text.Split('\n').Length is var count && count > lines) return $"{field} has {count} lines; at most {lines}{(lines == 1 ? ": it is one line" : "")}.";
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != '\n' && (rune.Value is 0xFFFD or >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                return $"{field} has a character that cannot be seen (U+{rune.Value:X4}).";
        foreach (Match match in Placeholder().Matches(text))
            if (!placeholders.Contains(match.Value, StringComparer.Ordinal))
                return $"{field} has {Shown(match.Value)}; {(placeholders.Length == 0 ? "nothing is put in there" : $"only {string.Join(" and ", placeholders)} is put in there")}.";
        return null;
    }

    private static string Shown(string text) => string.Concat((text.Length <= 40 ? text : text[..40]).Where(c => !char.IsControl(c)));

    [GeneratedRegex(@"\A[a-z]{2,3}\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{[^{}\n]{0,40}\}")]
    private static partial Regex Placeholder();
}
