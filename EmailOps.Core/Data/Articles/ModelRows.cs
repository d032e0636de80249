using System.Globalization;
using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>A model of which there are vectors.</summary>
/// <param name="Floor">Least likeness of an answer; null until it is measured.</param>
internal sealed record ModelRow(int Id, string Name, int? Dimensions, double? Floor, long FloorOf, bool IsCurrent, DateTimeOffset? ReadyAt, string? Problem);

/// <summary>Vectors and whose they are.</summary>
internal static class ModelRows
{
    /// <summary>pgvector indexes vectors up to this length as they are, longer ones in half precision, and the longest not at all.</summary>
    private const int MostIndexed = 2000, MostHalfIndexed = 4000;

    public static async Task<List<ModelRow>> AllAsync(NpgsqlConnection connection, CancellationToken cancel)
        => await Sql.QueryAsync(connection, "select id, name, dimensions, floor, floor_of, is_current, ready_at, problem from knowledge_model order by id", [], r => new ModelRow(r.GetInt32(0), r.GetString(1),
            r.IsDBNull(2) ? null : r.GetInt32(2), r.IsDBNull(3) ? null : r.GetFloat(3), r.GetInt64(4), r.GetBoolean(5), r.IsDBNull(6) ? null : r.GetFieldValue<DateTimeOffset>(6), r.IsDBNull(7) ? null : r.GetString(7)), cancel);

    public static async Task<ModelRow> EnsureAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        if ((await AllAsync(connection, cancel)).Find(m => m.Name == name) is { } known) return known;
        await Sql.ExecuteAsync(connection, "insert into knowledge_model (name, started_at) values ($1, now()) on conflict (name) do nothing", [name], cancel);
        return (await AllAsync(connection, cancel)).Find(m => m.Name == name)!;
    }

    /// <summary>Stores vectors; the first of a model bring its index. Passages that are gone meanwhile are passed over.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, ModelRow model, long[] passages, IReadOnlyList<float[]> vectors, CancellationToken cancel)
    {
        if (passages.Length == 0) return;
        var dimensions = vectors[0].Length;
        if (model.Dimensions != dimensions) await PrepareAsync(connection, model, dimensions, cancel);
        await Sql.ExecuteAsync(connection, """
            insert into knowledge_vector (passage_id, model_id, embedding)
            select v.passage, $1, v.embedding::vector from unnest($2::bigint[], $3::text[]) as v(passage, embedding) join knowledge_passage p on p.id = v.passage
            on conflict (passage_id, model_id) do nothing
            """, [model.Id, passages, vectors.Select(Text).ToArray()], cancel);
    }

    /// <summary>The vector column as the model's index has it, to order by.</summary>
    public static string Typed(ModelRow model, string what) => Typed(model.Dimensions ?? 1, what);

    public static string Text(float[] vector) => "[" + string.Join(',', vector.Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "]";

    private static string Typed(int dimensions, string what) => string.Create(CultureInfo.InvariantCulture, $"({what}::{(dimensions <= MostIndexed ? "vector" : "halfvec")}({dimensions}))");

    private static async Task PrepareAsync(NpgsqlConnection connection, ModelRow model, int dimensions, CancellationToken cancel)
    {
        var index = string.Create(CultureInfo.InvariantCulture, $"knowledge_vector_hnsw_{model.Id}");
        // One at a time: two writers of a first vector would both make it.
        await Sql.ExecuteAsync(connection, "select id from knowledge_model where id = $1 for update", [model.Id], cancel);
        if ((await AllAsync(connection, cancel)).Exists(m => m.Id == model.Id && m.Dimensions == dimensions)) return;
        // The same name with other dimensions is another model: its former vectors cannot be compared.
        await Sql.ExecuteAsync(connection, $"drop index if exists {index}", [], cancel);
        await Sql.ExecuteAsync(connection, "delete from knowledge_vector where model_id = $1", [model.Id], cancel);
        await Sql.ExecuteAsync(connection, "update knowledge_model set dimensions = $2, floor = null, floor_of = 0 where id = $1", [model.Id, dimensions], cancel);
        if (dimensions <= MostHalfIndexed)
            await Sql.ExecuteAsync(connection, $"create index {index} on knowledge_vector using hnsw ({Typed(dimensions, "embedding")} {(dimensions <= MostIndexed ? "vector" : "halfvec")}_cosine_ops) where model_id = {model.Id}", [], cancel);
    }

    /// <summary>Takes a model's vectors away, with their index.</summary>
    public static async Task DropAsync(NpgsqlConnection connection, ModelRow model, CancellationToken cancel)
    {
        await Sql.ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"drop index if exists knowledge_vector_hnsw_{model.Id}"), [], cancel);
        await Sql.ExecuteAsync(connection, "delete from knowledge_model where id = $1", [model.Id], cancel);
    }
}
