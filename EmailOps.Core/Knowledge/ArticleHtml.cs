using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace EmailOps.Core.Knowledge;

/// <summary>An article as a browser may show it: articles come from many hands, so HTML in them is text, links lead to the web or to a mailbox, and pictures stay out.</summary>
internal static class ArticleHtml
{
    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    public static string Of(string markdown)
    {
        var document = Markdown.Parse(markdown, s_markdown);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage || !IsSafe(link.GetDynamicUrl?.Invoke() ?? link.Url)) (link.Url, link.GetDynamicUrl, link.IsImage) = ("", null, false);
            link.SetAttributes(new() { Properties = [new("rel", "noopener noreferrer nofollow")] });
        }
        foreach (var link in document.Descendants<AutolinkInline>().ToList())
            if (!link.IsEmail && !IsSafe(link.Url)) link.ReplaceBy(new LiteralInline(link.Url));
        using var text = new StringWriter();
        var renderer = new HtmlRenderer(text);
        s_markdown.Setup(renderer);
        renderer.Render(document);
        return text.ToString();
    }

    private static bool IsSafe(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto";
}
