using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace EmailOps.Web.Calls;

/// <summary>What the team knows: articles, how they are found, and their files.</summary>
internal static class KnowledgeCalls
{
    /// <summary>A folder of files is read at once; people see that it goes on.</summary>
    public static Task<Answer<KnowledgeImportView>> ImportArticlesAsync(this ApiClient api, HttpContent files, CancellationToken cancellation) =>
        api.UploadAsync<KnowledgeImportView>(Reading.Plain(Routes.KnowledgeImports), files, cancellation);

    public static Task<Answer<KnowledgeAnswer>> AskKnowledgeAsync(this ApiClient api, string question, string? language, CancellationToken cancellation) =>
        api.GetAsync<KnowledgeAnswer>(QueryHelpers.AddQueryString(Reading.Plain(Routes.KnowledgeSearch), new Dictionary<string, string?> { ["q"] = question, ["language"] = language }.Where(p => !string.IsNullOrEmpty(p.Value))), cancellation);

    public static Task<Answer<KnowledgeIndexView>> KnowledgeIndexAsync(this ApiClient api, CancellationToken cancellation) =>
        api.GetAsync<KnowledgeIndexView>(Reading.Plain(Routes.KnowledgeIndex), cancellation);

    public static Task<Answer<KnowledgeIndexView>> ReindexAsync(this ApiClient api, CancellationToken cancellation) =>
        api.SendAsync<KnowledgeIndexView>(HttpMethod.Post, Reading.Plain(Routes.KnowledgeIndex), null, null, cancellation);

    public static Task<Answer<ArticleDetail>> AddArticleAsync(this ApiClient api, SaveArticle article, CancellationToken cancellation) =>
        api.SendAsync<ArticleDetail>(HttpMethod.Post, Reading.Plain(Routes.Articles), article, null, cancellation);

    public static Task<Answer<ArticleDetail>> SaveArticleAsync(this ApiClient api, long id, int version, SaveArticle article, CancellationToken cancellation) =>
        api.SendAsync<ArticleDetail>(HttpMethod.Put, Reading.At(Routes.Article, id), article, version, cancellation);

    public static Task<Answer<Done>> DeleteArticleAsync(this ApiClient api, long id, int version, CancellationToken cancellation) =>
        api.SendAsync<Done>(HttpMethod.Delete, Reading.At(Routes.Article, id), null, version, cancellation);

    public static Task<Answer<ArticlePreview>> PreviewArticleAsync(this ApiClient api, SaveArticle article, CancellationToken cancellation) =>
        api.SendAsync<ArticlePreview>(HttpMethod.Post, Reading.Plain(Routes.ArticlePreview), article, null, cancellation);
}
