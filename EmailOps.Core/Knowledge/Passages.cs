using System.Text;
using EmailOps.Core.Learning;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace EmailOps.Core.Knowledge;

/// <summary>Cuts an article into passages at its headings, as plain sentences without Markdown.</summary>
internal static class Passages
{
    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    /// <summary>Characters of one passage; what stands longer under one heading is cut between sentences, so that what is found is what is read.</summary>
    private const int MostText = 6000;

    public static IEnumerable<Passage> Of(KnowledgeArticle article)
    {
        var heading = "";
        List<string> sentences = [];
        foreach (var block in Markdown.Parse(article.Markdown, s_markdown))
        {
            if (block is HeadingBlock { Inline: { } title })
            {
                if (sentences.Count > 0)
                    yield return new Passage(article, heading, [.. sentences]);
                sentences.Clear();
                heading = Plain(title);
                // The first heading repeats the title; what follows is the lead.
                if (heading == article.Title)
                    heading = "";
            }
            else
            {
                Read(block, article.Language, sentences);
                while (Whole(sentences) is > 0 and var whole)
                {
                    yield return new Passage(article, heading, sentences.GetRange(0, whole));
                    sentences.RemoveRange(0, whole);
                }
            }
        }
        if (sentences.Count > 0)
            yield return new Passage(article, heading, sentences);
    }

    /// <returns>How many sentences make a passage that is long enough; 0 while all of them fit into one.</returns>
    private static int Whole(List<string> sentences)
    {
        var length = 0;
        for (var i = 0; i < sentences.Count; i++)
            if ((length += sentences[i].Length + 1) > MostText && i + 1 < sentences.Count)
                return Math.Max(1, i);
        return 0;
    }

    private static void Read(Block block, string language, List<string> sentences)
    {
        switch (block)
        {
            case Table table:
                TableText.Read(table, language, Plain, sentences);
                break;
            case LeafBlock { Inline: { } inline }:
                AddSentences(Plain(inline), sentences);
                break;
            case CodeBlock code:
                AddSentences(code.Lines.ToString(), sentences);
                break;
            case ListItemBlock item:
                ReadItem(item, language, sentences);
                break;
            case ContainerBlock container:
                foreach (var child in container)
                    Read(child, language, sentences);
                break;
        }
    }

    /// <summary>An item is quoted whole, with all its sentences; items within it are items of their own.</summary>
    private static void ReadItem(ListItemBlock item, string language, List<string> sentences)
    {
        List<string> found = [];
        foreach (var child in item)
            Read(child, language, found);
        var nested = found.FindIndex(s => s.StartsWith(Passage.ItemMark, StringComparison.Ordinal));
        var own = nested < 0 ? found.Count : nested;
        if (own > 0)
            sentences.Add(Passage.ItemMark + string.Join(' ', found.Take(own)));
        sentences.AddRange(found.Skip(own));
    }

    private static void AddSentences(string text, List<string> sentences)
    {
        List<Sentence> found = [];
        // The author's line breaks are wraps, not sentences.
        text = text.Replace('\n', ' ');
        Sentences.Split(text, 0, found);
        foreach (var sentence in found)
            sentences.Add(sentence.Of(text).ToString());
    }

    private static string Plain(ContainerInline inline)
    {
        var text = new StringBuilder();
        Append(inline, text);
        return text.ToString().Trim();
    }

    private static void Append(ContainerInline container, StringBuilder text)
    {
        foreach (var inline in container)
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case LinkInline { IsImage: false, Url: { } url } link:
                    Append(link, text);
                    if (url.StartsWith("https://", StringComparison.Ordinal))
                        text.Append(" (").Append(url).Append(')');
                    break;
                case LinkInline { IsImage: true }:
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.AsSpan());
                    break;
                case ContainerInline inner:
                    Append(inner, text);
                    break;
            }
    }
}
