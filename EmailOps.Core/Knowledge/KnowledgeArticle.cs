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
    public string Text { get; } = string.Join(' ', Sentences);
}
