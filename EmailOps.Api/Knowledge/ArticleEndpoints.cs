using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using Markdig;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Knowledge;

/// <summary>The articles that answers may cite.</summary>
internal static class ArticleEndpoints
{
    /// <summary>HTML in an article is shown as text: articles come from many hands.</summary>
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var articles = app.MapGroup("").WithTags("Knowledge").Needs(Permission.Read);
        articles.MapGet(Routes.Articles, List);
        articles.MapGet(Routes.Article, Find);
    }

    private static async Task<Ok<ArticleView[]>> List(string? q, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var query = db.Articles.AsNoTracking();
        foreach (var word in StoredText.Clean(q ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8))
            query = query.Where(a => EF.Functions.ILike(a.Title, $"%{word}%") || EF.Functions.ILike(a.Markdown, $"%{word}%"));
        var rows = await query.OrderBy(a => a.Title).Take(1000).ToListAsync(cancel);
        return TypedResults.Ok(rows.Select(View).ToArray());
    }

    private static async Task<Results<Ok<ArticleDetail>, ProblemHttpResult>> Find(long id, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var article = await db.Articles.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancel);
        return article is null ? ApiProblems.NotFound("article", id)
            : TypedResults.Ok(new ArticleDetail(View(article), article.Markdown, Markdig.Markdown.ToHtml(article.Markdown, Markdown)));
    }

    private static ArticleView View(StoredArticle a) => new(a.Id, a.Slug, a.Title, a.Language, a.Category, a.UpdatedAt);
}
