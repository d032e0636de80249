using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace EmailOps.Core.Knowledge;

/// <summary>An article file cannot be used; the message names the file and what to change.</summary>
internal sealed class KnowledgeException(string file, string problem, Exception? cause = null) : Exception($"{file}: {problem}", cause);

/// <summary>
/// Reads articles from a folder of Markdown files named <c>slug.language.md</c>, with front matter between two lines of three hyphens:
/// <c>title</c>, and optionally <c>language</c>, <c>category</c>, <c>updated</c> (ISO date), <c>keywords</c> (list).
/// </summary>
internal static class KnowledgeFolder
{
    /// <summary>Articles in order of file name; ids count from 1 and are replaced by those of the store.</summary>
    /// <exception cref="KnowledgeException">A file has no title or front matter that cannot be read.</exception>
    public static IReadOnlyList<KnowledgeArticle> Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new KnowledgeException(folder, "there is no such folder. Set Triage:Knowledge to the folder with the articles.");
        List<KnowledgeArticle> articles = [];
        foreach (var file in Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (!Path.GetFileName(file).Equals("README.md", StringComparison.OrdinalIgnoreCase))
                articles.Add(Parse(File.ReadAllText(file), file, articles.Count + 1));
        return articles;
    }

    internal static KnowledgeArticle Parse(string text, string file, long id)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var dot = name.LastIndexOf('.');
        var slug = dot > 0 ? name[..dot] : name;
        var (front, markdown) = Split(text.TrimStart('\uFEFF').ReplaceLineEndings("\n"), file);
        FrontMatter facts;
        try
        {
            facts = new DeserializerBuilder().IgnoreUnmatchedProperties().WithCaseInsensitivePropertyMatching().Build().Deserialize<FrontMatter>(front) ?? new FrontMatter();
        }
        catch (YamlException e)
        {
            throw new KnowledgeException(file, $"line {e.Start.Line + 1} of the front matter is not valid YAML: {e.Message}", e);
        }
        if (string.IsNullOrWhiteSpace(facts.Title))
            throw new KnowledgeException(file, "the front matter has no `title`. Add one.");
        var updated = DateTimeOffset.UnixEpoch;
        if (facts.Updated is { } date && !DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out updated))
            throw new KnowledgeException(file, $"`updated: {date}` is not a date. Write it as 2026-01-31.");
        return new KnowledgeArticle(id, slug, facts.Title.Trim(), facts.Language ?? (dot > 0 ? name[(dot + 1)..] : "en"), facts.Category, markdown, updated, facts.Keywords);
    }

    private static (string Front, string Markdown) Split(string text, string file)
    {
        if (!text.StartsWith("---\n", StringComparison.Ordinal))
            throw new KnowledgeException(file, "the file does not begin with front matter. Begin it with a line of three hyphens, `title: ...`, and three hyphens again.");
        var end = text.IndexOf("\n---\n", 3, StringComparison.Ordinal);
        return end < 0
            ? throw new KnowledgeException(file, "the front matter is never closed. Add a line of three hyphens after it.")
            : (text[4..(end + 1)], text[(end + 5)..]);
    }

    private sealed class FrontMatter
    {
        public string? Title { get; set; }
        public string? Language { get; set; }
        public string? Category { get; set; }
        public string? Updated { get; set; }
        public List<string>? Keywords { get; set; }
    }
}
