using System.Text;

namespace EmailOps.Core.Knowledge;

/// <summary>Something the team knows, in one language.</summary>
/// <param name="Slug">The same for all languages of an article.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Category">Category of the taxonomy it mostly answers; null when it fits several.</param>
/// <param name="Keywords">Words people use for it that its text does not have, in any language.</param>
internal sealed record KnowledgeArticle(long Id, string Slug, string Title, string Language, string? Category, string Markdown, DateTimeOffset UpdatedAt, IReadOnlyList<string>? Keywords = null);

/// <summary>A piece of an article under one heading.</summary>
/// <param name="Heading">Empty for the lead.</param>
/// <param name="Sentences">In order, as they may be quoted.</param>
internal sealed record Passage(KnowledgeArticle Article, string Heading, IReadOnlyList<string> Sentences)
{
    /// <summary>Begins a sentence that is a list item or a table row: it stands on a line of its own.</summary>
    public const string ItemMark = "- ";

    public string Text { get; } = Flow(Sentences);

    /// <summary>Sentences one after another, items on lines of their own.</summary>
    public static string Flow(IEnumerable<string> sentences)
    {
        var text = new StringBuilder();
        var afterItem = false;
        foreach (var sentence in sentences)
        {
            var isItem = sentence.StartsWith(ItemMark, StringComparison.Ordinal);
            if (text.Length > 0)
                text.Append(isItem || afterItem ? '\n' : ' ');
            text.Append(sentence);
            afterItem = isItem;
        }
        return text.ToString();
    }
}
