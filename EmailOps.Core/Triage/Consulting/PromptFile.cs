using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>
/// A prompt as the team keeps it: <c>version: 3</c> on the first line, then <c>[system]</c> and <c>[user]</c> with slots like <c>{{mail}}</c>. The version that
/// is stored with results has the beginning of the file's hash behind it, so that a file that was changed without raising the number is another version all the same.
/// </summary>
/// <param name="Name">judge, summary or draft.</param>
/// <param name="Version">judge/3-1a2b3c4d.</param>
internal sealed partial record PromptFile(string Name, string Version, string System, string User)
{
    private const int MaxLength = 32_000;
    private const string VersionKey = "version:", SystemHead = "\n[system]\n", UserHead = "\n[user]\n";

    /// <param name="place">What an error calls the file.</param>
    /// <param name="slots">Those that may occur.</param>
    /// <param name="needed">Those that must.</param>
    /// <exception cref="PromptException">The file cannot be used; says which and what to change.</exception>
    public static PromptFile Parse(string name, string place, string text, IReadOnlySet<string> slots, IReadOnlyList<string> needed)
    {
        text = text.ReplaceLineEndings("\n").TrimStart('\uFEFF');
        if (text.Length > MaxLength)
            throw new PromptException(place, $"has {text.Length} characters; at most {MaxLength} are read.");
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? text : text[..end];
        if (!first.StartsWith(VersionKey, StringComparison.Ordinal) || !int.TryParse(first.AsSpan(VersionKey.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            throw new PromptException(place, "must begin with a line like `version: 3`. Raise the number when you change the file.");
        var system = text.IndexOf(SystemHead, StringComparison.Ordinal);
        var user = text.IndexOf(UserHead, StringComparison.Ordinal);
        if (system < 0 || user < system)
            throw new PromptException(place, "needs a line `[system]` and below it a line `[user]`.");
        var file = new PromptFile(name, string.Create(CultureInfo.InvariantCulture, $"{name}/{number}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}"),
            text[(system + SystemHead.Length)..user].Trim(), text[(user + UserHead.Length)..].Trim());
        var found = Slot().Matches(text).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        if (found.FirstOrDefault(f => !slots.Contains(f)) is { } unknown)
            throw new PromptException(place, $"has the slot {{{{{unknown}}}}}, which nothing fills. Known: {string.Join(", ", slots.Order(StringComparer.Ordinal))}.");
        if (needed.FirstOrDefault(n => !found.Contains(n)) is { } missing)
            throw new PromptException(place, $"lacks the slot {{{{{missing}}}}}, without which the model would not see it.");
        if (found.Contains(PromptSlots.Mail) && Slot().Matches(file.System).Any(m => m.Groups[1].Value is PromptSlots.Mail or PromptSlots.Thread or PromptSlots.Examples))
            throw new PromptException(place, "has words of strangers in [system]; {{mail}}, {{thread}} and {{examples}} belong into [user].");
        return file;
    }

    /// <summary>Slots are filled once: what a filling looks like a slot stays as it is.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> slots) => Slot().Replace(template, m => slots[m.Groups[1].Value]);

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Slot();
}

/// <summary>A prompt file cannot be used.</summary>
internal sealed class PromptException(string place, string problem) : Exception($"{place} {problem}");

/// <summary>What prompts may ask for.</summary>
internal static class PromptSlots
{
    public const string Team = "team", Fence = "fence", Mail = "mail", Categories = "categories", Examples = "examples", Thread = "thread", Language = "language", Passages = "passages";
}
