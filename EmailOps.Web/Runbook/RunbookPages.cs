using System.Collections.Frozen;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace EmailOps.Web.Runbook;

/// <param name="Html">Without its heading, which the page shows by itself.</param>
internal sealed record RunbookText(string Name, string Title, string Html);

/// <summary>docs/runbook, read once from the assembly: the same words as in the checkout, so that they are at hand when nothing else is.</summary>
internal sealed class RunbookPages
{
    public const string Index = "README";
    private const string Prefix = "runbook/", Ending = ".md";
    private readonly FrozenDictionary<string, RunbookText> _pages;

    private RunbookPages(FrozenDictionary<string, RunbookText> pages) => _pages = pages;

    public IEnumerable<RunbookText> All => _pages.Values.OrderBy(p => p.Title, StringComparer.Ordinal);

    public RunbookText? Find(string name) => _pages.GetValueOrDefault(name);

    public static RunbookPages Load()
    {
        var assembly = typeof(RunbookPages).Assembly;
        var pages = new List<RunbookText>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Ending, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            pages.Add(Read(resource[Prefix.Length..^Ending.Length], reader.ReadToEnd()));
        }
        return new RunbookPages(pages.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal));
    }

    private static RunbookText Read(string name, string markdown)
    {
        var pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseTaskLists().DisableHtml().Build();
        var document = Markdown.Parse(markdown, pipeline);
        var heading = document.OfType<HeadingBlock>().FirstOrDefault(h => h.Level == 1);
        if (heading is not null) document.Remove(heading);
        foreach (var link in document.Descendants<LinkInline>())
            link.Url = Address(link.Url ?? "");
        return new RunbookText(name, heading?.Inline is { } words ? string.Concat(words.Descendants<LiteralInline>().Select(l => l.Content.ToString())) : name, document.ToHtml(pipeline));
    }

    /// <summary>A file beside it is a page of the console; one elsewhere in the checkout is named and leads nowhere.</summary>
    private static string Address(string url)
    {
        if (url.Contains("://", StringComparison.Ordinal) || url.StartsWith('#')) return url;
        var (file, part) = url.Split('#', 2) is [var before, var after] ? (before, $"#{after}") : (url, "");
        if (!file.EndsWith(Ending, StringComparison.Ordinal) || file.Contains('/', StringComparison.Ordinal)) return "#";
        return file == $"{Index}{Ending}" ? $"/runbook{part}" : $"/runbook/{file[..^Ending.Length]}{part}";
    }
}
