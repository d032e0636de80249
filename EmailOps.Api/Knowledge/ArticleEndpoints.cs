using EmailOps.Api.Keys;
using EmailOps.Api.Problems;
using EmailOps.Api.Requests;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Articles;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Api.Knowledge;

/// <summary>The articles that answers may cite: read, written, looked at before they are.</summary>
internal static class ArticleEndpoints
{
    private const int MostListed = 1000;

    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var articles = app.MapGroup("").WithTags("Knowledge");
        articles.MapGet(Routes.Articles, List).Needs(Permission.Read);
        articles.MapPost(Routes.Articles, Create).Needs(Permission.Operate);
        articles.MapGet(Routes.Article, Find).Tagged<ArticleDetail>(a => a.Version).Needs(Permission.Read);
        articles.MapPut(Routes.Article, Save).Tagged<ArticleDetail>(a => a.Version).Needs(Permission.Operate);
        articles.MapDelete(Routes.Article, Delete).Needs(Permission.Operate);
        articles.MapPost(Routes.ArticlePreview, Preview).Needs(Permission.Operate);
    }

    private static async Task<Ok<ArticleView[]>> List(string? q, int? take, string? cursor, HttpContext context, IDbContextFactory<EmailOpsDb> databases, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var query = db.Articles.AsNoTracking();
        foreach (var word in StoredText.Clean(q ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8))
            query = query.Where(a => EF.Functions.ILike(a.Title, $"%{word}%") || EF.Functions.ILike(a.Markdown, $"%{word}%"));
        if (Paging.Place(cursor) is var (title, id)) query = query.Where(a => EF.Functions.GreaterThan(ValueTuple.Create(a.Title, a.Id), ValueTuple.Create(title, id)));
        var most = Math.Clamp(take ?? MostListed, 1, MostListed);
        var rows = await query.OrderBy(a => a.Title).ThenBy(a => a.Id).Take(most).ToListAsync(cancel);
        Paging.Next(context, rows, most, a => Paging.Place(a.Title, a.Id));
        return TypedResults.Ok(rows.Select(View).ToArray());
    }

    private static async Task<Results<Created<ArticleDetail>, ProblemHttpResult>> Create(SaveArticle article, HttpContext context, ArticleStore articles, CancellationToken cancel)
    {
        if (ArticleRules.Problem(article) is { } problem) return ApiProblems.Invalid(problem);
        var written = await articles.CreateAsync(context.Actor(), article, cancel);
        if (written.Outcome != WriteOutcome.Done) return Refused(written);
        return TypedResults.Created(Routes.Article.Replace("{id:long}", $"{written.Id}", StringComparison.Ordinal), Detail((await articles.FindAsync(written.Id, cancel))!));
    }

    private static async Task<Results<Ok<ArticleDetail>, ProblemHttpResult>> Find(long id, ArticleStore articles, CancellationToken cancel)
        => await articles.FindAsync(id, cancel) is { } article ? TypedResults.Ok(Detail(article)) : ApiProblems.NotFound("article", id);

    private static async Task<Results<Ok<ArticleDetail>, ProblemHttpResult>> Save(long id, SaveArticle article, HttpContext context, ArticleStore articles, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        if (ArticleRules.Problem(article) is { } problem) return ApiProblems.Invalid(problem);
        var written = await articles.SaveAsync(id, version, context.Actor(), article, cancel);
        return written.Outcome != WriteOutcome.Done ? Refused(written) : await Find(id, articles, cancel);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(long id, HttpContext context, ArticleStore articles, CancellationToken cancel)
    {
        if (context.Request.Version() is not { } version) return ApiProblems.NoVersion();
        var written = await articles.DeleteAsync(id, version, context.Actor(), cancel);
        return written.Outcome == WriteOutcome.Done ? TypedResults.NoContent() : Refused(written);
    }

    private static Results<Ok<ArticlePreview>, ProblemHttpResult> Preview(SaveArticle article, TimeProvider clock)
    {
        if (ArticleRules.Problem(article) is { } problem) return ApiProblems.Invalid(problem);
        var made = ArticleRules.Made(article, clock.GetUtcNow());
        return TypedResults.Ok(new ArticlePreview(made.Language, made.Markdown, ArticleHtml.Of(made.Markdown), Cut(made)));
    }

    private static ProblemHttpResult Refused(ArticleWrite written)
        => written.Problem is { } problem ? ApiProblems.Conflict(problem) : ApiProblems.Of(written.Outcome, "article", written.Id);

    private static ArticleDetail Detail(StoredArticle article)
        => new(View(article), article.Markdown, ArticleHtml.Of(article.Markdown), article.Version, article.Keywords, article.EditedBy, Cut(article.Article()));

    private static List<PassageView> Cut(KnowledgeArticle article) => [.. Passages.Of(article).Select(p => new PassageView(p.Heading, p.Text))];

    private static ArticleView View(StoredArticle a) => new(a.Id, a.Slug, a.Title, a.Language, a.Category, a.UpdatedAt);
}
