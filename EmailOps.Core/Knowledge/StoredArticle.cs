namespace EmailOps.Core.Knowledge;

/// <summary>A knowledge article as stored.</summary>
internal sealed class StoredArticle
{
    public long Id { get; set; }
    public required string Slug { get; set; }
    public required string Title { get; set; }
    public required string Language { get; set; }
    public string? Category { get; set; }
    public required string Markdown { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}
