using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Redis;
using EmailOps.Core.Mailboxes.Checking;
using Npgsql;

namespace EmailOps.Core.Data.Checks;

/// <summary>The database: reachable, new enough, ours to write, up to date, with connections to spare.</summary>
internal sealed class DatabaseCheck(NpgsqlDataSource source) : IConfigurationCheck
{
    /// <summary>The share of max_connections from which on another process may find none.</summary>
    private const double NearlyAll = 0.9;
    private const int OldestServer = 150_000;

    public string Name => "database";

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            var (number, version, vector, used, most, standby, latest) = (await Sql.QueryAsync(connection, """
                select current_setting('server_version_num')::int, current_setting('server_version'), (select extversion from pg_extension where extname = 'vector'),
                       (select count(*) from pg_stat_activity where backend_type = 'client backend'), current_setting('max_connections')::int, pg_is_in_recovery(), (select max(name) from schema_migration)
                """, [], r => (r.GetInt32(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetInt64(3), r.GetInt32(4), r.GetBoolean(5), r.IsDBNull(6) ? null : r.GetString(6)), cancel)).Single();
            List<ValidationPart> parts =
            [
                number < OldestServer ? new("version", ValidationView.Invalid, $"PostgreSQL {version} is too old.", "Use PostgreSQL 15 or newer.") : new("version", ValidationView.Valid, $"PostgreSQL {version}"),
                vector is null ? new("pgvector", ValidationView.Invalid, "The extension vector is not there.", "Run as a superuser: create extension vector;") : new("pgvector", ValidationView.Valid, vector),
                standby ? new("writable", ValidationView.Invalid, "It is a standby and takes no writes.", "Point ConnectionStrings__emailops at the primary, or promote this server.") : new("writable", ValidationView.Valid, "It takes writes."),
                used > most * NearlyAll ? new("connections", ValidationView.Warning, $"{used} of {most} connections are taken.", "Raise max_connections, or lower DATABASE_POOL_MAX of the processes.") : new("connections", ValidationView.Valid, $"{used} of {most} connections are taken."),
                new("schema", ValidationView.Valid, $"Up to {latest ?? "nothing"}"),
            ];
            return new ValidationView(ValidationView.WorstOf(parts), $"PostgreSQL {version} at {connection.Host}", parts.Find(p => p.Fix is not null)?.Fix, parts);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return new ValidationView(ValidationView.Invalid, StoreFailures.Explain(failure) ?? "The database does not answer in time.", "Check ConnectionStrings__emailops and that PostgreSQL runs.");
        }
    }
}

/// <summary>Redis, where one is named: it answers a command.</summary>
internal sealed class RedisCheck(RedisLink? redis = null) : IConfigurationCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public string Name => "redis";

    public async Task<ValidationView> CheckAsync(CancellationToken cancel)
    {
        if (redis is null) return new ValidationView(ValidationView.NotConfigured, "No Redis is named (REDIS_URL); PostgreSQL and memory serve in its place.");
        await redis.IsUpWithinAsync(s_patience, cancel);
        var answered = await redis.AskAsync("PING") is not null;
        var health = redis.State.Health();
        return answered && health.Status == "healthy" ? new ValidationView(ValidationView.Valid, health.Detail)
            : new ValidationView(answered ? ValidationView.Warning : ValidationView.Invalid, answered ? health.Detail : $"It does not answer. {health.Detail}", "Check REDIS_URL, that Redis runs, its password and its maxmemory.");
    }
}
