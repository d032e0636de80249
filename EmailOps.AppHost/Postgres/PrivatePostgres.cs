using System.Globalization;
using Npgsql;

namespace EmailOps.AppHost.Postgres;

/// <summary>
/// A PostgreSQL cluster of our own, started from installed programs and stopped with us. It listens on a Unix socket in a folder that
/// only its user enters, and on no network address, so who may open the socket is the whole of its access control.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    /// <summary>The database of the application and the role that owns everything.</summary>
    public const string Database = "emailops";

    private readonly PostgresCluster _cluster;
    private readonly FileStream? _lock;
    private readonly Guardian _guardian;
    private bool _disposed;

    private PrivatePostgres(PostgresCluster cluster, FileStream? @lock, Guardian guardian)
    {
        _cluster = cluster;
        _lock = @lock;
        _guardian = guardian;
    }

    /// <summary>For the database <see cref="Database"/>, which has the extension vector (and pg_trgm and unaccent where they are installed).</summary>
    public string ConnectionString => ConnectionStringFor(Database);

    /// <summary>PGDATA.</summary>
    public string DataFolder => _cluster.Data;

    /// <summary>The folder of the programs in use.</summary>
    public string ProgramFolder => _cluster.Programs.Folder;

    /// <summary>Makes the cluster when there is none, starts it, and makes the database.</summary>
    /// <exception cref="StartupException">It cannot be started; says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left running.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivatePostgresOptions options, CancellationToken cancel = default)
    {
        PostgresCluster.RequirePlainPath(options.Folder);
        var user = await ServerUser.ForAsync(options.Folder, cancel);
        var parent = Path.GetDirectoryName(options.Folder)!;
        await user.RequireReachableAsync(parent, "STATE_DIR", "/var/lib/emailops", cancel);
        await user.MakePrivateFolderAsync(options.Folder, cancel);
        var @lock = options.ThrowAway ? null : Lock(options.Folder);
        try
        {
            var programs = await PostgresPrograms.FindAsync(user, cancel);
            var cluster = await PostgresCluster.PrepareAsync(options, programs, user, cancel);
            var server = await cluster.StartAsync(cancel);
            var postgres = new PrivatePostgres(cluster, @lock, Guardian.Watch(options.Folder, cluster.Data, server, options.ThrowAway, user));
            @lock = null;
            try
            {
                await postgres.MakeDatabaseAsync(cancel);
            }
            catch
            {
                await postgres.DisposeAsync();
                throw;
            }

            return postgres;
        }
        finally
        {
            @lock?.Dispose();
        }
    }

    public string ConnectionStringFor(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _cluster.SocketFolder,
        Username = Database,
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Stops the server in order: connections end, everything is on disk, the next start needs no recovery.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _guardian.DisposeAsync();
        _cluster.DeleteOutsideSocketFolder();
        _lock?.Dispose();
    }

    // Held as long as we live and let go by the system when we die: two starts on one folder would otherwise stop each other's server.
    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream($"{folder}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new StartupException($"{Path.GetDirectoryName(folder)} cannot be written.", "Set STATE_DIR to a folder that you own.", refused);
        }
        catch (IOException held)
        {
            throw new StartupException($"EmailOps is already running on {Path.GetDirectoryName(folder)}.",
                "Stop it first, or set STATE_DIR to another folder (and API_PORT, WORKER_PORT and WEB_PORT to free ports).", held);
        }
    }

    private async Task MakeDatabaseAsync(CancellationToken cancel)
    {
        await using (var server = await OpenAsync("postgres", cancel))
        {
            await using var exists = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", server) { Parameters = { new() { Value = Database } } };
            if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
                await ExecuteAsync(server, string.Create(CultureInfo.InvariantCulture, $"CREATE DATABASE {Database}"), cancel);
        }

        await using var database = await OpenAsync(Database, cancel);
        await using var missing = new NpgsqlCommand("""
            SELECT wanted.name FROM unnest(ARRAY['vector', 'pg_trgm', 'unaccent']) AS wanted(name)
            WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted.name)
              AND (wanted.name = 'vector' OR EXISTS (SELECT FROM pg_available_extensions AS available WHERE available.name = wanted.name))
            """, database);
        var names = new List<string>();
        await using (var reader = await missing.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                names.Add(reader.GetString(0));
        }

        try
        {
            foreach (var name in names)
                await ExecuteAsync(database, $"CREATE EXTENSION {name}", cancel);
        }
        catch (PostgresException unavailable) when (unavailable.SqlState is PostgresErrorCodes.UndefinedFile or PostgresErrorCodes.FeatureNotSupported)
        {
            throw new StartupException($"The PostgreSQL in {ProgramFolder} has no pgvector.",
                "Install its pgvector package, or unset EMAILOPS_PG_BIN and start with ./run.sh, which finds or fetches one that has it.", unavailable);
        }
    }

    // Not pooled: a pooled connection would keep the database from serving as a template. Named, because metrics carry the name.
    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancel)
    {
        await using var source = new NpgsqlDataSourceBuilder(ConnectionStringFor(database)) { Name = "emailops-start", ConnectionStringBuilder = { Pooling = false } }.Build();
        return await source.OpenConnectionAsync(cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
