using EmailOps.Core.Knowledge;
using EmailOps.Core.Knowledge.Meaning;
using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.Learning;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>An article as stored.</summary>
internal sealed record VersionedArticle(int Version, KnowledgeArticle Article);

/// <summary>Writes the passages of articles: cut, indexed for full text, with their words for spelling and their built-in vectors, in the caller's transaction.</summary>
internal static class PassageRows
{
    /// <summary>Changes when articles are cut or indexed another way; all are cut again then, in the background.</summary>
    private const int Cutting = 1;
    private const int CuttingSpan = 1000;
    /// <summary>Characters of a passage that full text looks at; PostgreSQL takes no tsvector of more than a megabyte.</summary>
    private const int MostIndexed = 100_000;

    /// <summary>What <c>cut_version</c> holds for an article that is cut as it should be.</summary>
    public static readonly string IsCut = $"cut_version = version * {CuttingSpan} + {Cutting}";

    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<VersionedArticle> articles, CancellationToken cancel)
    {
        if (articles.Count == 0) return;
        var rows = articles.SelectMany(a => Passages.Of(a.Article).Select((p, i) => (a.Article, Ordinal: i, Passage: p))).ToList();
        var ids = articles.Select(a => a.Article.Id).ToArray();
        await Sql.ExecuteAsync(connection, "delete from knowledge_passage where article_id = any($1)", [ids], cancel);
        var (text, words) = (new TextTokens(), new Dictionary<string, Dictionary<string, string>>());
        var lengths = new int[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            text.Read($"{TitleOf(rows[i].Article)}\n{rows[i].Passage.Heading}\n{rows[i].Passage.Text}");
            lengths[i] = text.Tokens.Length;
            if (!words.TryGetValue(rows[i].Article.Language, out var known)) words[rows[i].Article.Language] = known = [];
            SearchWords.AddTo(known, text);
        }
        var made = await Sql.QueryAsync(connection, """
            insert into knowledge_passage (article_id, ordinal, language, heading, body, length, words)
            select article, ordinal, language, heading, body, length,
                setweight(to_tsvector(knowledge_config(language), title), 'A') || setweight(to_tsvector(knowledge_config(language), spaced_heading), 'B') || setweight(to_tsvector(knowledge_config(language), spaced_body), 'C')
            from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[]) as p(article, ordinal, language, heading, body, length, title, spaced_heading, spaced_body)
            returning id, article_id, ordinal
            """,
            [Column(r => r.Article.Id), Column(r => r.Ordinal), Column(r => r.Article.Language), Column(r => r.Passage.Heading), Column(r => r.Passage.Text), lengths,
                Column(r => SearchWords.Spaced(TitleOf(r.Article))), Column(r => SearchWords.Spaced(r.Passage.Heading)), Column(r => SearchWords.Spaced(Indexed(r.Passage.Text)))],
            r => (Id: r.GetInt64(0), Article: r.GetInt64(1), Ordinal: r.GetInt32(2)), cancel);
        await WriteWordsAsync(connection, words, cancel);
        var byPlace = made.ToDictionary(m => (m.Article, m.Ordinal), m => m.Id);
        var model = await ModelRows.EnsureAsync(connection, HashedEmbeddings.ModelName, cancel);
        await ModelRows.WriteAsync(connection, model, [.. rows.Select(r => byPlace[(r.Article.Id, r.Ordinal)])], [.. rows.Select(r => HashedEmbeddings.Of(TextOf(r.Article.Title, r.Passage.Heading, r.Passage.Text)))], cancel);
        await Sql.ExecuteAsync(connection, $"update knowledge_article set cut_version = version * {CuttingSpan} + {Cutting} where id = any($1)", [ids], cancel);

        T[] Column<T>(Func<(KnowledgeArticle Article, int Ordinal, Passage Passage), T> value) => [.. rows.Select(value)];
    }

    /// <summary>What a model sees of a passage: alone, a passage often does not say what it is about.</summary>
    public static string TextOf(string title, string heading, string body) => heading.Length == 0 ? $"{title}\n{body}" : $"{title}: {heading}\n{body}";

    private static string TitleOf(KnowledgeArticle article) => article.Keywords is { Count: > 0 } keywords ? $"{article.Title}\n{string.Join(", ", keywords)}" : article.Title;

    private static string Indexed(string text) => text.Length <= MostIndexed ? text : text[..MostIndexed];

    private static async Task WriteWordsAsync(NpgsqlConnection connection, Dictionary<string, Dictionary<string, string>> words, CancellationToken cancel)
    {
        // In one order, so that writers side by side wait for each other instead of for ever.
        foreach (var (language, known) in words.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var ordered = known.OrderBy(p => p.Key, StringComparer.Ordinal).ToList();
            await Sql.ExecuteAsync(connection, "insert into knowledge_word (language, folded, word) select $1, folded, word from unnest($2::text[], $3::text[]) as w(folded, word) on conflict do nothing",
                [language, ordered.Select(w => w.Key).ToArray(), ordered.Select(w => w.Value).ToArray()], cancel);
        }
    }
}
