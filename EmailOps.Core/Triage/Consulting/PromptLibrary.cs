using System.Reflection;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>The prompts in force: the team's own files where it has some, else the built-in ones. Read at start; a mistake stops the start and says what to change.</summary>
internal sealed class PromptLibrary
{
    public const string Judge = "judge", Summary = "summary", Draft = "draft";
    private const string Ending = ".prompt";

    private static readonly (string Name, string[] Slots, string[] Needed)[] s_known =
    [
        (Judge, [PromptSlots.Team, PromptSlots.Fence, PromptSlots.Mail, PromptSlots.Categories, PromptSlots.Examples, PromptSlots.Language], [PromptSlots.Fence, PromptSlots.Mail, PromptSlots.Categories]),
        (Summary, [PromptSlots.Team, PromptSlots.Fence, PromptSlots.Mail, PromptSlots.Thread, PromptSlots.Language], [PromptSlots.Fence, PromptSlots.Mail]),
        (Draft, [PromptSlots.Team, PromptSlots.Fence, PromptSlots.Mail, PromptSlots.Passages, PromptSlots.Language], [PromptSlots.Fence, PromptSlots.Mail, PromptSlots.Passages]),
    ];

    private readonly Dictionary<string, PromptFile> _files;

    private PromptLibrary(Dictionary<string, PromptFile> files) => _files = files;

    public PromptFile this[string name] => _files[name];

    /// <param name="folder">The team's own; null: the built-in ones.</param>
    /// <exception cref="PromptException">A file cannot be used.</exception>
    public static PromptLibrary Load(string? folder)
    {
        if (!string.IsNullOrEmpty(folder) && Directory.EnumerateFiles(folder, "*" + Ending).FirstOrDefault(f => Array.TrueForAll(s_known, k => k.Name != Path.GetFileNameWithoutExtension(f))) is { } stray)
            throw new PromptException(stray, $"is no prompt that EmailOps asks. Known: {string.Join(", ", s_known.Select(k => k.Name + Ending))}.");
        return new PromptLibrary(s_known.ToDictionary(k => k.Name, k => Load(folder, k.Name, k.Slots, k.Needed)));
    }

    private static PromptFile Load(string? folder, string name, string[] slots, string[] needed)
    {
        var own = string.IsNullOrEmpty(folder) ? null : Path.Combine(folder, name + Ending);
        return own != null && File.Exists(own)
            ? PromptFile.Parse(name, own, File.ReadAllText(own), slots.ToHashSet(), needed)
            : PromptFile.Parse(name, $"The built-in prompt {name}", BuiltIn(name), slots.ToHashSet(), needed);
    }

    /// <summary>The text of a built-in prompt, for a team that wants to begin with it.</summary>
    public static string BuiltIn(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"EmailOps.Core.Triage.Consulting.Prompts.{name}{Ending}")
            ?? throw new InvalidOperationException($"The prompt {name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
