using System.Reflection;

namespace EmailOps.Core.Triage.Consulting;

/// <summary>The prompts in force: the team's own files where it has some, else the built-in ones. Read at start; a mistake stops the start and says what to change.</summary>
internal sealed class PromptLibrary
{
    public const string Judge = "judge", Summary = "summary", Draft = "draft";
    private const string Ending = ".prompt";
    private const int MostBytes = 128_000;

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
            throw new PromptException(stray, $"is no prompt that EmailOps asks. Known: {Names}.");
        return new PromptLibrary(s_known.ToDictionary(k => k.Name, k => Load(folder, k.Name, k.Slots, k.Needed)));
    }

    /// <summary>The same with some other files, to try them.</summary>
    /// <param name="texts">By name: judge, summary, draft.</param>
    /// <exception cref="PromptException">One cannot be used, or there is none.</exception>
    public PromptLibrary With(IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count == 0) throw new PromptException("What you send", $"has no prompt. Send one or more of {Names}.");
        if (texts.Keys.FirstOrDefault(t => Array.TrueForAll(s_known, k => k.Name != t)) is { } stray) throw new PromptException(stray.Length <= 100 ? stray : stray[..100], $"is no prompt that EmailOps asks. Known: {Names}.");
        return new PromptLibrary(s_known.ToDictionary(k => k.Name, k => texts.TryGetValue(k.Name, out var text) ? PromptFile.Parse(k.Name, k.Name + Ending, text, k.Slots.ToHashSet(), k.Needed) : _files[k.Name]));
    }

    /// <summary>Versions of those that are others than there.</summary>
    public IReadOnlyList<string> Beside(PromptLibrary other) => [.. s_known.Select(k => this[k.Name].Version).Except(s_known.Select(k => other[k.Name].Version))];

    /// <summary>The texts of the prompts in a folder, for <see cref="With"/>.</summary>
    /// <exception cref="PromptException">There is none, one is too long, or one is of no use.</exception>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*" + Ending).Take(100).ToList();
        if (files.Count == 0) throw new PromptException(folder, $"has none of {Names}.");
        if (files.Find(f => f.Length > MostBytes) is { } big) throw new PromptException(big.FullName, $"has {big.Length} bytes; at most {MostBytes} are read.");
        return files.ToDictionary(f => Path.GetFileNameWithoutExtension(f.Name), f => File.ReadAllText(f.FullName), StringComparer.Ordinal);
    }

    private static string Names => string.Join(", ", s_known.Select(k => k.Name + Ending));

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
