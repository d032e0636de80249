namespace EmailOps.Core.Learning;

/// <summary>The built-in profiles: common words and sample text per language.</summary>
internal static class LanguageProfiles
{
    public sealed record Profile(string Language, string[] Words, string Text);

    public static IReadOnlyList<Profile> Latin { get; } = Read("latin.txt");
    public static IReadOnlyList<Profile> Cyrillic { get; } = Read("cyrillic.txt");

    private static List<Profile> Read(string name)
    {
        var assembly = typeof(LanguageProfiles).Assembly;
        using var stream = assembly.GetManifestResourceStream($"EmailOps.Core.Learning.Profiles.{name}")
            ?? throw new InvalidOperationException($"The resource {name} is missing from {assembly.GetName().Name}.");
        using var reader = new StreamReader(stream);
        List<Profile> profiles = [];
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                profiles.Add(new Profile(line.Trim(), After(reader.ReadLine(), "words: ").Split(' '), After(reader.ReadLine(), "text: ")));
        return profiles;
    }

    private static string After(string? line, string key)
        => line?.StartsWith(key, StringComparison.Ordinal) == true ? line[key.Length..] : throw new InvalidOperationException($"A language profile has no \"{key.Trim()}\".");
}

/// <summary>Words that every text of a language has; they say nothing about what it is about.</summary>
internal static class StopWords
{
    private static readonly Dictionary<string, WordSet> s_words = LanguageProfiles.Latin.Concat(LanguageProfiles.Cyrillic)
        .ToDictionary(p => p.Language, p => WordSet.Of(string.Join(' ', p.Words)));

    private static readonly WordSet s_none = new([]);

    /// <summary>For who asks about many words of one language; none where it is not known.</summary>
    public static WordSet Of(string language) => s_words.GetValueOrDefault(language, s_none);

    /// <param name="hash">Of the folded word.</param>
    public static bool Contains(uint hash, string language) => s_words.TryGetValue(language, out var words) && words.Contains(hash);
}
