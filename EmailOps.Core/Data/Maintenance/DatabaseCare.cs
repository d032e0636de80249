using System.Globalization;
using Npgsql;

namespace EmailOps.Core.Data.Maintenance;

/// <summary>What PostgreSQL's own figures say is due, and the doing of it. Each step says in a sentence what it found or did.</summary>
internal sealed class DatabaseCare(NpgsqlDataSource source)
{
    private const int Top = 10, MostWords = 120;

    /// <summary>ANALYZE for tables that changed much since the planner last looked, VACUUM for those with many dead rows; autovacuum does most of it before.</summary>
    /// <param name="all">Every table, whatever the figures say.</param>
    public async Task<string> VacuumAsync(bool all, bool analyzeOnly, Action<string> progress, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var tables = await Sql.QueryAsync(connection, """
            select relname::text, n_dead_tup > greatest(1000, n_live_tup / 10), n_mod_since_analyze > greatest(500, n_live_tup / 10) from pg_stat_user_tables where schemaname = 'public' order by pg_total_relation_size(relid)
            """, [], r => (Name: r.GetString(0), Dead: r.GetBoolean(1), Changed: r.GetBoolean(2)), cancel);
        var done = new List<string>();
        foreach (var (name, dead, changed) in tables)
        {
            var isVacuum = !analyzeOnly && (all || dead);
            if (!isVacuum && !(all || changed)) continue;
            progress($"{(isVacuum ? "vacuum" : "analyze")} {name}");
            await using var command = new NpgsqlCommand($"{(isVacuum ? "vacuum (analyze)" : "analyze")} \"{name}\"", connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancel);
            done.Add(name);
        }
        return done.Count == 0 ? $"{tables.Count} tables: none has changed enough." : $"{done.Count} of {tables.Count} tables {(analyzeOnly ? "analyzed" : "vacuumed or analyzed")}{(done.Count <= 12 ? ": " + string.Join(", ", done) : "")}.";
    }

    /// <summary>The statements that cost most, where pg_stat_statements is there.</summary>
    public async Task<string> SlowAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await Sql.QueryAsync(connection, "select 1 from pg_extension where extname = 'pg_stat_statements'", [], r => r.GetInt32(0), cancel) is [])
            return "pg_stat_statements is not installed: shared_preload_libraries = 'pg_stat_statements', then CREATE EXTENSION pg_stat_statements.";
        try
        {
            var slow = await Sql.QueryAsync(connection, $"""
                select s.calls, s.mean_exec_time, s.total_exec_time, left(regexp_replace(s.query, '\s+', ' ', 'g'), {MostWords}) from pg_stat_statements s
                where s.dbid = (select oid from pg_database where datname = current_database()) order by s.total_exec_time desc limit {Top}
                """, [], r => string.Create(CultureInfo.InvariantCulture, $"{r.GetDouble(1):N1} ms x {r.GetInt64(0):N0}: {r.GetString(3)}"), cancel);
            return slow.Count == 0 ? "Nothing was measured yet." : string.Join(" | ", slow);
        }
        catch (PostgresException failure)
        {
            return $"pg_stat_statements cannot be read: {failure.MessageText}.";
        }
    }

    /// <summary>Who waits for whom just now.</summary>
    public async Task<(bool IsOk, string Said)> LocksAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var waits = await Sql.QueryAsync(connection, $"""
            select a.pid, pg_blocking_pids(a.pid)::text, extract(epoch from now() - a.query_start)::float8, left(regexp_replace(a.query, '\s+', ' ', 'g'), {MostWords}) from pg_stat_activity a
            where a.datname = current_database() and cardinality(pg_blocking_pids(a.pid)) > 0 order by 3 desc limit {Top}
            """, [], r => (Seconds: r.GetDouble(2), Text: string.Create(CultureInfo.InvariantCulture, $"{r.GetInt32(0)} waits {r.GetDouble(2):N0} s for {r.GetString(1)}: {r.GetString(3)}")), cancel);
        return waits.Count == 0 ? (true, "Nobody waits for a lock.") : (waits.TrueForAll(w => w.Seconds < 60), string.Join(" | ", waits.Select(w => w.Text)));
    }

    /// <summary>Indexes that a broken build left behind, and the largest tables.</summary>
    public async Task<(bool IsOk, string Said)> SizesAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var broken = await Sql.QueryAsync(connection, "select indexrelid::regclass::text from pg_index where not indisvalid", [], r => r.GetString(0), cancel);
        var sizes = await Sql.QueryAsync(connection, $"select relname::text, pg_size_pretty(pg_total_relation_size(relid)) from pg_stat_user_tables where schemaname = 'public' order by pg_total_relation_size(relid) desc limit {Top}", [], r => $"{r.GetString(0)} {r.GetString(1)}", cancel);
        var whole = (await Sql.QueryAsync(connection, "select pg_size_pretty(pg_database_size(current_database()))", [], r => r.GetString(0), cancel)).Single();
        var said = $"{whole} in all; {string.Join(", ", sizes)}.";
        return broken.Count == 0 ? (true, said) : (false, $"Not valid, REINDEX INDEX CONCURRENTLY: {string.Join(", ", broken)}. {said}");
    }
}
