using EmailOps.Core.Knowledge;
using Microsoft.EntityFrameworkCore;

namespace EmailOps.Core.Data;

/// <summary>Writes the articles of a folder into the store: new and changed ones; what is only in the store stays.</summary>
internal sealed class ArticleStore(IDbContextFactory<EmailOpsDb> databases)
{
    private const int LockKey = 0x4172_7469; // "Arti"

    /// <returns>How many were new or changed.</returns>
    public async Task<int> SaveAsync(IReadOnlyList<KnowledgeArticle> articles, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Workers that start together read the same folder.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockKey})", cancel);
        var known = await db.Articles.ToDictionaryAsync(a => (a.Slug, a.Language), cancel);
        var changed = 0;
        foreach (var article in articles)
        {
            var keywords = article.Keywords?.ToArray() ?? [];
            if (!known.TryGetValue((article.Slug, article.Language), out var row))
            {
                db.Articles.Add(new StoredArticle
                {
                    Slug = article.Slug, Title = article.Title, Language = article.Language, Category = article.Category,
                    Keywords = keywords, Markdown = article.Markdown, UpdatedAt = article.UpdatedAt.ToUniversalTime(),
                });
                changed++;
            }
            else if (row.Markdown != article.Markdown || row.Title != article.Title || row.Category != article.Category || !row.Keywords.SequenceEqual(keywords))
            {
                (row.Markdown, row.Title, row.Category, row.Keywords, row.UpdatedAt) = (article.Markdown, article.Title, article.Category, keywords, article.UpdatedAt.ToUniversalTime());
                changed++;
            }
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return changed;
    }
}
