using System.Security.Cryptography;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>Whether people asked for the reading or a process started.</summary>
internal enum ImportMode
{
    /// <summary>Somebody asked: what the files say is what counts.</summary>
    Asked,
    /// <summary>At every start: files that were read before change nothing, so that edits and deletions in the console stay.</summary>
    AtStart,
}

/// <summary>Writes articles of files into the store: new and changed ones; what is only in the store stays. Articles of the same name and language are the same.</summary>
internal sealed class ArticleImport(NpgsqlDataSource source, TimeProvider clock)
{
    private const int LockKey = 0x4172_7469; // "Arti"
    /// <summary>Articles of one transaction.</summary>
    private const int BatchSize = 200;

    public async Task<KnowledgeImportView> RunAsync(KnowledgeFiles files, string actor, ImportMode mode, CancellationToken cancel)
    {
        int added = 0, changed = 0, same = 0;
        List<string> kept = [];
        foreach (var batch in files.Articles.Chunk(BatchSize))
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            // Workers that start together read the same folder.
            await Sql.ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockKey})", [], cancel);
            var known = await KnownAsync(connection, batch, cancel);
            List<VersionedArticle> written = [];
            foreach (var article in batch)
            {
                var (row, file) = (known.Rows.GetValueOrDefault((article.Slug, article.Language)), known.Files.GetValueOrDefault((article.Slug, article.Language)));
                var hash = Hash(article);
                if (mode == ImportMode.AtStart && file is not null && hash.AsSpan().SequenceEqual(file)) same++;
                else if (row is not null && IsSame(row, article)) same++;
                else if (row is not null && mode == ImportMode.AtStart && row.EditedBy is not null)
                {
                    kept.Add(article.Slug);
                    continue;
                }
                else
                {
                    var (id, version) = await WriteAsync(connection, article, cancel);
                    written.Add(new VersionedArticle(version, article with { Id = id }));
                    if (row is null) added++;
                    else changed++;
                }
                if (file is null || !hash.AsSpan().SequenceEqual(file))
                    await Sql.ExecuteAsync(connection, "insert into knowledge_file (slug, language, sha256) values ($1, $2, $3) on conflict (slug, language) do update set sha256 = excluded.sha256", [article.Slug, article.Language, hash], cancel);
            }
            await PassageRows.WriteAsync(connection, written, cancel);
            if (written.Count > 0) await TellAsync(connection, written, actor, cancel);
            await transaction.CommitAsync(cancel);
        }
        return new KnowledgeImportView(added, changed, same, kept.Count, files.Problems);
    }

    private async Task<(long Id, int Version)> WriteAsync(NpgsqlConnection connection, KnowledgeArticle article, CancellationToken cancel)
        => (await Sql.QueryAsync(connection, """
            insert into knowledge_article (slug, title, language, category, keywords, markdown, updated_at) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (slug, language) do update set title = excluded.title, category = excluded.category, keywords = excluded.keywords, markdown = excluded.markdown,
                updated_at = excluded.updated_at, edited_by = null, version = knowledge_article.version + 1
            returning id, version
            """, [article.Slug, article.Title, article.Language, article.Category, ArticleStore.Keywords(article), article.Markdown, WrittenAt(article)], r => (r.GetInt64(0), r.GetInt32(1)), cancel)).Single();

    private static async Task<(Dictionary<(string, string), StoredArticle> Rows, Dictionary<(string, string), byte[]> Files)> KnownAsync(NpgsqlConnection connection, KnowledgeArticle[] articles, CancellationToken cancel)
    {
        object?[] keys = [articles.Select(a => a.Slug).ToArray(), articles.Select(a => a.Language).ToArray()];
        var rows = await Sql.QueryAsync(connection, """
            select a.id, a.slug, a.title, a.language, a.category, a.keywords, a.markdown, a.updated_at, a.version, a.edited_by
            from knowledge_article a join unnest($1::text[], $2::text[]) as k(slug, language) on a.slug = k.slug and a.language = k.language for update of a
            """, keys, ArticleStore.Read, cancel);
        var files = await Sql.QueryAsync(connection, "select f.slug, f.language, f.sha256 from knowledge_file f join unnest($1::text[], $2::text[]) as k(slug, language) on f.slug = k.slug and f.language = k.language", keys,
            r => (Slug: r.GetString(0), Language: r.GetString(1), Hash: r.GetFieldValue<byte[]>(2)), cancel);
        return (rows.ToDictionary(r => (r.Slug, r.Language)), files.ToDictionary(f => (f.Slug, f.Language), f => f.Hash));
    }

    private async Task TellAsync(NpgsqlConnection connection, List<VersionedArticle> written, string actor, CancellationToken cancel)
    {
        var names = string.Join(", ", written.Take(10).Select(w => $"{w.Article.Slug} ({w.Article.Language})"));
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'article.import', 'article', 0, $3)",
            [clock.GetUtcNow(), actor, StoredText.Clean($"Read {written.Count} new or changed articles from files: {names}{(written.Count > 10 ? ", ..." : "")}")], cancel);
        await LiveEvents.AnnounceAsync(connection, "article", written[0].Article.Id, cancel);
    }

    /// <summary>A file that names no date was changed when it was read.</summary>
    private DateTimeOffset WrittenAt(KnowledgeArticle article) => article.UpdatedAt == DateTimeOffset.UnixEpoch ? clock.GetUtcNow() : article.UpdatedAt.ToUniversalTime();

    private static bool IsSame(StoredArticle row, KnowledgeArticle article)
        => row.Markdown == article.Markdown && row.Title == article.Title && row.Category == article.Category && row.Keywords.SequenceEqual(article.Keywords ?? []);

    private static byte[] Hash(KnowledgeArticle article)
        => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [article.Title, article.Category ?? "", article.Markdown, .. article.Keywords ?? []])));
}
