using EmailOps.Core.Contracts;
using EmailOps.Core.Knowledge;
using EmailOps.Core.Knowledge.Meaning;
using EmailOps.Core.Knowledge.Search;
using EmailOps.Core.LanguageModels;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>
/// Finds passages by words (full text in the passage's language, misspelt words read as known ones), and by meaning (nearest vectors), joins both rankings, and says "we don't know"
/// when nothing reaches a floor. For the console and programs; triage asks the same scores and floor in memory (<see cref="KnowledgeIndex"/>).
/// </summary>
internal sealed class KnowledgeSearch(NpgsqlDataSource source, KnowledgeModels models)
{
    public const int MostTaken = 50;
    private const int Shown = 600, BelowShown = 3, MeaningCandidates = 40;

    /// <param name="language">ISO 639-1; null to detect it.</param>
    public async Task<KnowledgeAnswer> AskAsync(string question, string? language, int take, CancellationToken cancel)
    {
        var text = ArticleRules.Clean(question.Length > SearchWords.MostQuestion ? question[..SearchWords.MostQuestion] : question).Trim();
        await using var connection = await source.OpenConnectionAsync(cancel);
        var words = await new WordSearch(connection, text, language).RunAsync(cancel);
        var (near, model, note) = await NearAsync(connection, text, words.Found.Keys, cancel);
        var passages = words.Found.Values.Select(f => f.Passage).Concat(near.Select(n => n.Passage)).DistinctBy(p => p.Id).ToList();
        var wordRank = words.Found.Values.OrderByDescending(f => f.Match.Score).Select((f, i) => (f.Passage.Id, i)).ToDictionary(p => p.Id, p => p.i + 1);
        var meaning = near.ToDictionary(n => n.Passage.Id);
        var floor = model?.Floor ?? 1;
        var isModel = model is not null && model.Name != HashedEmbeddings.ModelName;
        var hits = passages.ConvertAll(p => Hit(p, words.Found.GetValueOrDefault(p.Id)?.Match, wordRank.TryGetValue(p.Id, out var rank) ? rank : null, meaning.GetValueOrDefault(p.Id), floor, isModel, words));
        hits.Sort((a, b) => b.Score != a.Score ? b.Score.CompareTo(a.Score) : b.WordScore.CompareTo(a.WordScore));
        var known = hits.FindAll(h => h.FoundBy.Count > 0);
        return new KnowledgeAnswer(text, words.Language, known.Count > 0, [.. known.Take(take)], [.. hits.Where(h => h.FoundBy.Count == 0).Take(BelowShown)], words.Corrections, model?.Name, Math.Round(floor, 3), note);
    }

    private static KnowledgeHit Hit(PassageRow passage, WordMatch? match, int? wordRank, Near? near, double floor, bool isModel, WordSearch words)
    {
        List<string> by = [];
        if (match is { } m && KnowledgeFloor.Admits(m.Score, m.Coverage, m.Matched, words.Asked, passage.Language == words.Language) && (near is null || KnowledgeFloor.IsSupported(m.Score, near.Likeness, floor))) by.Add(m.ByTypo ? "typo" : "words");
        if (near is { } n && n.Likeness >= floor) by.Add("meaning");
        return new KnowledgeHit(passage.ArticleId, passage.Title, passage.Heading, passage.Language, passage.Category, passage.Body.Length <= Shown ? passage.Body : passage.Body[..(Shown - 1)] + "…",
            Math.Round(RankFusion.Score(wordRank, near?.Rank, isModel), 4), Math.Round(match?.Score ?? 0, 2), Math.Round(match?.Coverage ?? 0, 3), wordRank, match?.ByTypo ?? false, Math.Round(near is { Likeness: > 0 } l ? Math.Min(l.Likeness, 1) : 0, 3), near?.Rank, by);
    }

    /// <param name="Rank">Null for a passage that words found and that is not among the nearest.</param>
    private sealed record Near(PassageRow Passage, double Likeness, int? Rank);

    private async Task<(List<Near> Near, ModelRow? Model, string? Note)> NearAsync(NpgsqlConnection connection, string text, IEnumerable<long> found, CancellationToken cancel)
    {
        var all = await ModelRows.AllAsync(connection, cancel);
        var (current, builtIn) = (all.Find(m => m.IsCurrent && m.Dimensions is not null), all.Find(m => m.Name == HashedEmbeddings.ModelName && m.Dimensions is not null));
        if ((current ?? builtIn) is not { } model) return ([], null, null);
        string? note = null;
        float[] vector;
        try
        {
            vector = await models.OfQuestionAsync(model.Name, text, cancel);
            if (vector.Length != model.Dimensions) throw new LanguageModelException(ModelFailure.BadAnswer, $"The model {model.Name} gives vectors of another length than before.");
        }
        catch (LanguageModelException failure)
        {
            note = $"Meaning is compared by the built-in vectors just now: {failure.Message}";
            if (builtIn is null) return ([], null, note);
            (model, vector) = (builtIn, HashedEmbeddings.Of(text));
        }
        if (Array.TrueForAll(vector, v => v == 0)) return ([], model, note);
        return (await NearestAsync(connection, model, ModelRows.Text(vector), [.. found], cancel), model, note);
    }

    private static async Task<List<Near>> NearestAsync(NpgsqlConnection connection, ModelRow model, string vector, long[] found, CancellationToken cancel)
    {
        var distance = $"{ModelRows.Typed(model, "embedding")} <=> {ModelRows.Typed(model, "$1")}";
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Sql.ExecuteAsync(connection, $"set local hnsw.ef_search = {2 * MeaningCandidates}", [], cancel);
        var nearest = await Sql.QueryAsync(connection, $"""
            select {PassageRow.Columns}, 1 - n.distance from (select passage_id, {distance} as distance from knowledge_vector where model_id = {model.Id} order by {distance} limit {MeaningCandidates}) n
            join knowledge_passage p on p.id = n.passage_id join knowledge_article a on a.id = p.article_id order by n.distance, p.id
            """, [vector], r => (Passage: PassageRow.Read(r), Likeness: r.GetDouble(PassageRow.Count)), cancel);
        var ranked = nearest.Select((n, i) => new Near(n.Passage, n.Likeness, i + 1)).ToList();
        var others = found.Except(ranked.Select(r => r.Passage.Id)).ToArray();
        if (others.Length > 0)
            ranked.AddRange(await Sql.QueryAsync(connection, $"""
                select {PassageRow.Columns}, 1 - ({distance}) from knowledge_vector v join knowledge_passage p on p.id = v.passage_id join knowledge_article a on a.id = p.article_id where v.model_id = {model.Id} and v.passage_id = any($2)
                """, [vector, others], r => new Near(PassageRow.Read(r), r.GetDouble(PassageRow.Count), null), cancel));
        await transaction.CommitAsync(cancel);
        return ranked;
    }
}
