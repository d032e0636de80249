using Npgsql;

namespace EmailOps.Core.Data.Analytics;

/// <summary>Reports that were computed by schedule or on request; the newest of each kind are kept.</summary>
internal sealed class ReportShelf(NpgsqlDataSource source)
{
    public const string Patterns = nameof(Patterns), Capacity = nameof(Capacity), Performance = nameof(Performance);
    private const int Kept = 60;

    public async Task<long> PutAsync<T>(string kind, DateTimeOffset at, string actor, T report, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var id = (await Sql.QueryAsync(connection, "insert into analytics_report (kind, at, asked_by, figures) values ($1, $2, $3, $4::jsonb) returning id", [kind, at, actor, Sql.Json(report)], r => r.GetInt64(0), cancel)).Single();
        await Sql.ExecuteAsync(connection, "delete from analytics_report where kind = $1 and id < (select min(id) from (select id from analytics_report where kind = $1 order by id desc limit $2) newest)", [kind, Kept], cancel);
        return id;
    }

    public async Task<(long? Id, T? Report)> LatestAsync<T>(string kind, CancellationToken cancel) where T : class
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return (await Sql.QueryAsync(connection, "select id, figures from analytics_report where kind = $1 order by id desc limit 1", [kind], r => ((long?)r.GetInt64(0), (T?)Sql.FromJson<T>(r.GetString(1))), cancel)).SingleOrDefault();
    }
}
