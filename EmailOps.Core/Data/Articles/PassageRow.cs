using Npgsql;

namespace EmailOps.Core.Data.Articles;

/// <summary>A stored passage with what is shown of its article.</summary>
internal sealed record PassageRow(long Id, string Language, string Heading, string Body, int Length, long ArticleId, string Title, string? Category, string[] Keywords)
{
    public const string Columns = "p.id, p.language, p.heading, p.body, p.length, a.id, a.title, a.category, a.keywords";
    public const int Count = 9;

    public static PassageRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetInt64(5), row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.GetFieldValue<string[]>(8));
}
