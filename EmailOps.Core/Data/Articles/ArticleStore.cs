using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>How saving an article ended.</summary>
/// <param name="Problem">With <see cref="WriteOutcome.WrongState"/>: what stands in the way.</param>
internal readonly record struct ArticleWrite(WriteOutcome Outcome, long Id, string? Problem = null);

/// <summary>
/// What the team knows. Writes are conditional on the version, cut the article anew, leave an audit entry and tell open consoles, all in one transaction: a search that comes after
/// finds the new text and never the old.
/// </summary>
internal sealed class ArticleStore(NpgsqlDataSource source, TimeProvider clock)
{
    private const string Columns = "select id, slug, title, language, category, keywords, markdown, updated_at, version, edited_by from knowledge_article";

    /// <returns>Null when there is none.</returns>
    public async Task<StoredArticle?> FindAsync(long id, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, $"{Columns} where id = $1", [id], Read, cancel)).SingleOrDefault();
    }

    /// <summary>Makes an article that has no <see cref="ArticleRules.Problem(SaveArticle)"/>.</summary>
    public async Task<ArticleWrite> CreateAsync(string actor, SaveArticle article, CancellationToken cancel)
    {
        var made = ArticleRules.Made(article, clock.GetUtcNow());
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = (await Sql.QueryAsync(connection, """
            insert into knowledge_article (slug, title, language, category, keywords, markdown, updated_at, edited_by) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (slug, language) do nothing returning id
            """, [made.Slug, made.Title, made.Language, made.Category, Keywords(made), made.Markdown, made.UpdatedAt, actor], r => r.GetInt64(0), cancel)).SingleOrDefault();
        if (id == 0) return new ArticleWrite(WriteOutcome.WrongState, 0, $"There is an article \"{made.Slug}\" in {made.Language} already. Change that one, or give this one another short name.");
        await PassageRows.WriteAsync(connection, [new(1, made with { Id = id })], cancel);
        await TellAsync(connection, id, actor, "article.create", $"Wrote \"{made.Title}\" ({made.Language})", cancel);
        await transaction.CommitAsync(cancel);
        return new ArticleWrite(WriteOutcome.Done, id);
    }

    /// <summary>Saves over the version that was read.</summary>
    public async Task<ArticleWrite> SaveAsync(long id, int version, string actor, SaveArticle article, CancellationToken cancel)
    {
        var made = ArticleRules.Made(article, clock.GetUtcNow()) with { Id = id };
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LockedAsync(connection, id, version, cancel) is var (before, refused) && refused is { } outcome) return new ArticleWrite(outcome, id);
        if (string.IsNullOrEmpty(article.Slug)) made = made with { Slug = before!.Slug };
        try
        {
            await Sql.ExecuteAsync(connection, """
                update knowledge_article set slug = $2, title = $3, language = $4, category = $5, keywords = $6, markdown = $7, updated_at = $8, edited_by = $9, version = version + 1 where id = $1
                """, [id, made.Slug, made.Title, made.Language, made.Category, Keywords(made), made.Markdown, made.UpdatedAt, actor], cancel);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new ArticleWrite(WriteOutcome.WrongState, id, $"There is another article \"{made.Slug}\" in {made.Language}. Give this one another short name or language.");
        }
        await PassageRows.WriteAsync(connection, [new(version + 1, made)], cancel);
        await TellAsync(connection, id, actor, "article.change", $"Changed \"{made.Title}\" ({made.Language}) from {before!.Markdown.Length} to {made.Markdown.Length} characters", cancel);
        await transaction.CommitAsync(cancel);
        return new ArticleWrite(WriteOutcome.Done, id);
    }

    public async Task<ArticleWrite> DeleteAsync(long id, int version, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await LockedAsync(connection, id, version, cancel) is var (before, refused) && refused is { } outcome) return new ArticleWrite(outcome, id);
        await Sql.ExecuteAsync(connection, "delete from knowledge_article where id = $1", [id], cancel);
        await TellAsync(connection, id, actor, "article.delete", $"Deleted \"{before!.Title}\" ({before.Language}, {before.Slug})", cancel);
        await transaction.CommitAsync(cancel);
        return new ArticleWrite(WriteOutcome.Done, id);
    }

    private static async Task<(StoredArticle? Before, WriteOutcome? Refused)> LockedAsync(NpgsqlConnection connection, long id, int version, CancellationToken cancel)
    {
        var before = (await Sql.QueryAsync(connection, $"{Columns} where id = $1 for update", [id], Read, cancel)).SingleOrDefault();
        return (before, before is null ? WriteOutcome.NotFound : before.Version != version ? WriteOutcome.VersionConflict : null);
    }

    private async Task TellAsync(NpgsqlConnection connection, long id, string actor, string action, string detail, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, $3, 'article', $4, $5)",
            [clock.GetUtcNow(), actor, action, id, StoredText.Clean(detail)], cancel);
        await LiveEvents.AnnounceAsync(connection, "article", id, cancel);
    }

    internal static string[] Keywords(KnowledgeArticle article) => article.Keywords is null ? [] : [.. article.Keywords];

    internal static StoredArticle Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0), Slug = row.GetString(1), Title = row.GetString(2), Language = row.GetString(3), Category = row.IsDBNull(4) ? null : row.GetString(4),
        Keywords = row.GetFieldValue<string[]>(5), Markdown = row.GetString(6), UpdatedAt = row.GetFieldValue<DateTimeOffset>(7), Version = row.GetInt32(8), EditedBy = row.IsDBNull(9) ? null : row.GetString(9),
    };
}
