using EmailOps.AppHost.Postgres;
using Npgsql;

namespace EmailOps.Tests.Postgres;

/// <summary>
/// A real PostgreSQL with pgvector for a test class: <c>class X(PostgresFixture postgres) : IClassFixture&lt;PostgresFixture&gt;</c>.
/// All classes of a run share one throw-away cluster, or the server that ConnectionStrings__emailops names; each asks for databases of
/// its own, which are dropped with the class.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    // The cluster ends with the process: see Guardian.
    private static readonly Lazy<Task<PrivatePostgres>> Cluster = new(() => PrivatePostgres.StartAsync(PrivatePostgresOptions.ForTests()));

    private static int _lastNumber;

    private readonly List<string> _databases = [];

    private static string? Server => Environment.GetEnvironmentVariable("ConnectionStrings__emailops") is { Length: > 0 } named ? named : null;

    /// <summary>A fresh, empty database with the extension vector.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _lastNumber)}";
        // The cluster's own database has the extensions and nobody connected: it is the template.
        var template = Server is null ? PrivatePostgres.Database : "template1";
        await ExecuteAsync(await MaintenanceAsync(), $"CREATE DATABASE {name} TEMPLATE {template}");
        lock (_databases)
            _databases.Add(name);
        var connectionString = new NpgsqlConnectionStringBuilder(await MaintenanceAsync()) { Database = name, Pooling = true, MaxPoolSize = 20 }.ConnectionString;
        if (Server is not null)
            await ExecuteAsync(connectionString, "CREATE EXTENSION IF NOT EXISTS vector; CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent");
        return connectionString;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var name in _databases)
            await ExecuteAsync(await MaintenanceAsync(), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task<string> MaintenanceAsync()
    {
        var server = Server ?? (await Cluster.Value).ConnectionString;
        return new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false }.ConnectionString;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
