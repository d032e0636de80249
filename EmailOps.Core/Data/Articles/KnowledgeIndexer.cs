using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge.Meaning;
using EmailOps.Core.LanguageModels;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>
/// Brings passages and vectors to where they should be, a step at a time: articles that are not cut, passages without a vector of the model in force, the floor, the change to
/// another model when its vectors are complete. Every step is one transaction and what is missing is found in the tables, so it may be killed anywhere, and any process may go on.
/// Searches use the former vectors until the change.
/// </summary>
internal sealed class KnowledgeIndexer(NpgsqlDataSource source, KnowledgeModels models, TimeProvider clock)
{
    private const int LockKey = 0x4B6E_4978; // "KnIx"
    private const int CutBatch = 50, VectorBatch = 32, BuiltInBatch = 500;
    /// <summary>The floor is measured again when so many more or fewer passages are searched.</summary>
    private const double Grown = 0.2;

    /// <returns>False when nothing is left to do, or another process does it.</returns>
    /// <exception cref="LanguageModelException">The model gives no vectors just now; it is noted for people to see, and the next step tries again.</exception>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        var wanted = await models.WantedAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (!(await Sql.QueryAsync(connection, $"select pg_try_advisory_lock({LockKey})", [], r => r.GetBoolean(0), cancel))[0]) return false;
        try
        {
            return await CutAsync(connection, cancel) || await FillAsync(connection, HashedEmbeddings.ModelName, BuiltInBatch, cancel)
                || await FillAsync(connection, wanted, VectorBatch, cancel) || await SettleAsync(connection, HashedEmbeddings.ModelName, cancel) || await SettleAsync(connection, wanted, cancel)
                || await ChangeAsync(connection, wanted, cancel);
        }
        finally
        {
            if (connection.FullState == System.Data.ConnectionState.Open) await Sql.ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey})", [], CancellationToken.None);
        }
    }

    /// <summary>All articles are cut again and get new vectors; what there is stays in use until then.</summary>
    public async Task RequestAsync(string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update knowledge_article set cut_version = null", [], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values ($1, $2, 'article.reindex', 'article', 0, 'Asked for a new index of all articles')", [clock.GetUtcNow(), actor], cancel);
        await LiveEvents.AnnounceAsync(connection, "article", 0, cancel);
        await transaction.CommitAsync(cancel);
    }

    public async Task<KnowledgeIndexView> StatusAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var wanted = await models.WantedAsync(cancel);
        var all = await ModelRows.AllAsync(connection, cancel);
        var (target, current) = (all.Find(m => m.Name == wanted), all.Find(m => m.IsCurrent));
        var (articles, passages, uncut, embedded) = (await Sql.QueryAsync(connection, $"""
            select (select count(*) from knowledge_article), (select count(*) from knowledge_passage), (select count(*) from knowledge_article where ({PassageRows.IsCut}) is not true),
                (select count(*) from knowledge_vector where model_id = $1)
            """, [target?.Id ?? -1], r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), cancel))[0];
        return new KnowledgeIndexView(articles, passages, current?.Name, wanted, embedded, uncut, uncut == 0 && embedded == passages && current?.Name == wanted && current.Floor is not null, current?.ReadyAt, target?.Problem);
    }

    private static async Task<bool> CutAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Somebody who edits one just now cuts it himself.
        var rows = await Sql.QueryAsync(connection, $"""
            select id, slug, title, language, category, keywords, markdown, updated_at, version, edited_by from knowledge_article where ({PassageRows.IsCut}) is not true order by id limit {CutBatch} for update skip locked
            """, [], ArticleStore.Read, cancel);
        await PassageRows.WriteAsync(connection, [.. rows.Select(r => new VersionedArticle(r.Version, r.Article()))], cancel);
        await transaction.CommitAsync(cancel);
        return rows.Count > 0;
    }

    private async Task<bool> FillAsync(NpgsqlConnection connection, string name, int batch, CancellationToken cancel)
    {
        var model = await ModelRows.EnsureAsync(connection, name, cancel);
        var rows = await Sql.QueryAsync(connection, """
            select p.id, a.title, p.heading, p.body from knowledge_passage p join knowledge_article a on a.id = p.article_id
            where not exists (select from knowledge_vector v where v.passage_id = p.id and v.model_id = $1) order by p.id limit $2
            """, [model.Id, batch], r => (Id: r.GetInt64(0), Title: r.GetString(1), Heading: r.GetString(2), Body: r.GetString(3)), cancel);
        if (rows.Count == 0) return false;
        var vectors = await AskAsync(connection, model, () => models.OfPassagesAsync(name, rows.ConvertAll(r => PassageRows.TextOf(r.Title, r.Heading, r.Body)), cancel), cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ModelRows.WriteAsync(connection, model, [.. rows.Select(r => r.Id)], vectors, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>Measures the floor when it is not known, or of another knowledge base than today's.</summary>
    private async Task<bool> SettleAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        var model = await ModelRows.EnsureAsync(connection, name, cancel);
        var passages = (await Sql.QueryAsync(connection, "select count(*) from knowledge_passage", [], r => r.GetInt64(0), cancel))[0];
        if (passages == 0 || model.Dimensions is null || (model.Floor is not null && Math.Abs(passages - model.FloorOf) <= Grown * Math.Max(1, model.FloorOf))) return false;
        var questions = await AskAsync(connection, model, () => models.OfPassagesAsync(name, OffTopic.Questions, cancel), cancel);
        var nearest = new List<double>();
        foreach (var question in questions)
            if (question.Length == model.Dimensions)
                nearest.AddRange(await Sql.QueryAsync(connection, $"""
                    select 1 - ({ModelRows.Typed(model, "embedding")} <=> {ModelRows.Typed(model, "$1")}) from knowledge_vector where model_id = {model.Id} order by {ModelRows.Typed(model, "embedding")} <=> {ModelRows.Typed(model, "$1")} limit 1
                    """, [ModelRows.Text(question)], r => r.GetDouble(0), cancel));
        await Sql.ExecuteAsync(connection, "update knowledge_model set floor = $2, floor_of = $3, problem = null where id = $1", [model.Id, (float)OffTopic.Floor([.. nearest.Where(double.IsFinite)]), passages], cancel);
        return true;
    }

    /// <summary>The wanted model is complete: searches use it from now on. Of former ones only the built-in vectors stay, for when no model answers.</summary>
    private static async Task<bool> ChangeAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        var all = await ModelRows.AllAsync(connection, cancel);
        if (all.Find(m => m.Name == name) is not { IsCurrent: false, Floor: not null } wanted) return false;
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, "update knowledge_model set is_current = false where is_current", [], cancel);
        await Sql.ExecuteAsync(connection, "update knowledge_model set is_current = true, ready_at = now(), problem = null where id = $1", [wanted.Id], cancel);
        // A model server that is away for an hour is no reason to make everything again: what it made goes only when another model has taken its place.
        if (name != HashedEmbeddings.ModelName)
            foreach (var former in all.Where(m => m.Id != wanted.Id && m.Name != HashedEmbeddings.ModelName)) await ModelRows.DropAsync(connection, former, cancel);
        await LiveEvents.AnnounceAsync(connection, "article", 0, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static async Task<IReadOnlyList<float[]>> AskAsync(NpgsqlConnection connection, ModelRow model, Func<Task<IReadOnlyList<float[]>>> ask, CancellationToken cancel)
    {
        try
        {
            var vectors = await ask();
            if (model.Problem is not null) await Sql.ExecuteAsync(connection, "update knowledge_model set problem = null where id = $1", [model.Id], cancel);
            return vectors;
        }
        catch (LanguageModelException failure)
        {
            await Sql.ExecuteAsync(connection, "update knowledge_model set problem = $2 where id = $1", [model.Id, failure.Message], cancel);
            throw;
        }
    }
}
