using EmailOps.Core.Data;
using Npgsql;

namespace EmailOps.Cli.Incidents;

/// <summary>What the database can tell of an incident. No mail and no key is in it.</summary>
internal sealed class DatabaseEvidence(NpgsqlDataSource source)
{
    private const int MostAudit = 5_000;

    internal sealed record Session(int Process, string? User, string? Client, string? Application, string? State, DateTimeOffset? Since, string? Waits);

    internal sealed record TableSize(string Table, long Rows, long Bytes);

    internal sealed record Facts(string Version, string Database, long Bytes, DateTimeOffset Now, DateTimeOffset StartedAt, IReadOnlyList<string> Migrations, IReadOnlyList<Session> Sessions, IReadOnlyList<TableSize> Tables);

    internal sealed record Audit(long Id, DateTimeOffset At, string Actor, string Action, string SubjectKind, long SubjectId, string Detail);

    internal sealed record Key(string Name, string Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

    public async Task<Facts> FactsAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var sessions = await Sql.QueryAsync(connection, "select pid, usename::text, client_addr::text, application_name, state, state_change, wait_event from pg_stat_activity where datname = current_database() order by backend_start", [],
            r => new Session(r.GetInt32(0), Text(r, 1), Text(r, 2), Text(r, 3), Text(r, 4), r.IsDBNull(5) ? null : r.GetFieldValue<DateTimeOffset>(5), Text(r, 6)), cancel);
        var tables = await Sql.QueryAsync(connection, "select relname::text, n_live_tup, pg_total_relation_size(relid) from pg_stat_user_tables order by 3 desc", [], r => new TableSize(r.GetString(0), r.GetInt64(1), r.GetInt64(2)), cancel);
        var migrations = await Sql.QueryAsync(connection, "select name from schema_migration order by name", [], r => r.GetString(0), cancel);
        return (await Sql.QueryAsync(connection, "select version(), current_database()::text, pg_database_size(current_database()), now(), pg_postmaster_start_time()", [],
            r => new Facts(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetFieldValue<DateTimeOffset>(3), r.GetFieldValue<DateTimeOffset>(4), migrations, sessions, tables), cancel)).Single();
    }

    /// <summary>The newest entries, oldest of them first.</summary>
    public async Task<IReadOnlyList<Audit>> AuditAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, $"select * from (select id, at, actor, action, subject_kind, subject_id, detail from audit_entry order by id desc limit {MostAudit}) a order by id", [],
            r => new Audit(r.GetInt64(0), r.GetFieldValue<DateTimeOffset>(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6)), cancel);
    }

    public async Task<IReadOnlyList<Key>> KeysAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, "select name, scope, created_at, expires_at, revoked_at from api_key order by id", [],
            r => new Key(r.GetString(0), r.GetString(1), r.GetFieldValue<DateTimeOffset>(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3), r.IsDBNull(4) ? null : r.GetFieldValue<DateTimeOffset>(4)), cancel);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
