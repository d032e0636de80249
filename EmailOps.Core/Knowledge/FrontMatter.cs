using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace EmailOps.Core.Knowledge;

/// <summary>What a file says about its article.</summary>
internal sealed class FrontMatter
{
    private const string Fence = "---\n";

    public string? Title { get; set; }
    public string? Language { get; set; }
    public string? Category { get; set; }
    public string? Updated { get; set; }
    public List<string>? Keywords { get; set; }
    [YamlIgnore]
    public DateTimeOffset UpdatedAt { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Markdown without front matter takes its first heading as title.</summary>
    /// <exception cref="KnowledgeException">There is no title, or it cannot be read.</exception>
    public static (FrontMatter Facts, string Markdown) Read(string text, string file)
    {
        if (!text.StartsWith(Fence, StringComparison.Ordinal))
        {
            var heading = text.Split('\n').FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal));
            return heading is null
                ? throw new KnowledgeException(file, "the file begins neither with front matter nor with a heading. Begin it with a line of three hyphens, `title: ...`, and three hyphens again.")
                : (new FrontMatter { Title = heading[2..].Trim() }, text);
        }
        var end = text.IndexOf("\n" + Fence, 3, StringComparison.Ordinal);
        if (end < 0) throw new KnowledgeException(file, "the front matter is never closed. Add a line of three hyphens after it.");
        var facts = Parsed(text[Fence.Length..(end + 1)], file);
        if (string.IsNullOrWhiteSpace(facts.Title))
            throw new KnowledgeException(file, "the front matter has no `title`. Add one.");
        if (facts.Updated is { } date)
            facts.UpdatedAt = DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
                : throw new KnowledgeException(file, $"`updated: {date}` is not a date. Write it as 2026-01-31.");
        return (facts, text[(end + 1 + Fence.Length)..]);
    }

    private static FrontMatter Parsed(string front, string file)
    {
        try
        {
            return new DeserializerBuilder().IgnoreUnmatchedProperties().WithCaseInsensitivePropertyMatching().Build().Deserialize<FrontMatter>(front) ?? new FrontMatter();
        }
        catch (YamlException e)
        {
            throw new KnowledgeException(file, $"line {e.Start.Line + 1} of the front matter is not valid YAML: {e.Message}", e);
        }
    }
}
