using EmailOps.Core.Contracts;

namespace EmailOps.Web.Knowledge;

/// <summary>An article's form as it was typed.</summary>
public sealed class ArticleFields
{
    public long Id { get; set; }
    public int Version { get; set; }
    public string? Title { get; set; }
    public string? Body { get; set; }
    public string? Language { get; set; }
    public string? Category { get; set; }
    /// <summary>One a line, or with commas between.</summary>
    public string? Keywords { get; set; }
    public string? Slug { get; set; }
    public ArticleFormat Format { get; set; }

    public static ArticleFields Of(ArticleDetail article) => new()
    {
        Id = article.Article.Id, Version = article.Version, Title = article.Article.Title, Body = article.Markdown, Language = article.Article.Language, Category = article.Article.Category,
        Keywords = string.Join(", ", article.Keywords ?? []), Slug = article.Article.Slug,
    };

    public static ArticleFields Of(ArticleCandidate candidate) => new()
    {
        Title = candidate.Title, Body = candidate.Draft, Language = candidate.Language, Category = candidate.Category, Keywords = string.Join(", ", candidate.Keywords),
    };

    public SaveArticle ToSave() => new(Title?.Trim() ?? "", Body ?? "", Given(Language), Given(Category), (Keywords ?? "").Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), Given(Slug), Format);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
