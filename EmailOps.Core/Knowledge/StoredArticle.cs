namespace EmailOps.Core.Knowledge;

/// <summary>A knowledge article as stored.</summary>
internal sealed class StoredArticle
{
    public long Id { get; set; }
    public required string Slug { get; set; }
    public required string Title { get; set; }
    public required string Language { get; set; }
    public string? Category { get; set; }
    /// <summary>Words people use for it that its text does not have.</summary>
    public required string[] Keywords { get; set; }
    public required string Markdown { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public int Version { get; set; } = 1;
    /// <summary>Null: as its file says.</summary>
    public string? EditedBy { get; set; }

    public KnowledgeArticle Article() => new(Id, Slug, Title, Language, Category, Markdown, UpdatedAt, Keywords);
}
