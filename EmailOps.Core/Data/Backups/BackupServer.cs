using Microsoft.Extensions.Configuration;
using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <summary>Where the database is, with its password, which the data source does not show; and databases beside it.</summary>
internal sealed class BackupServer(IConfiguration configuration, BackupOptions options)
{
    public NpgsqlConnectionStringBuilder Target => new(configuration.GetConnectionString(StoreSetup.ConnectionName)) { ApplicationName = "emailops backup" };

    /// <summary>A database of the same server, by the login that may create and drop some. Unpooled: a pool would keep the database from being dropped.</summary>
    public NpgsqlConnectionStringBuilder Admin(string database)
    {
        var target = Target;
        if (options.AdminConnection is { Length: > 0 } given) target = new NpgsqlConnectionStringBuilder(given);
        return new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = database, Pooling = false, CommandTimeout = 0, ApplicationName = "emailops backup" };
    }

    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(Admin(database).ConnectionString);
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database that is there to speak from while others are made and dropped.</summary>
    public Task<NpgsqlConnection> OpenMaintenanceAsync(CancellationToken cancel) => OpenAsync("postgres", cancel);

    public async Task CreateAsync(string database, CancellationToken cancel)
    {
        await using var connection = await OpenMaintenanceAsync(cancel);
        try
        {
            await Sql.ExecuteAsync(connection, $"create database {Quoted(database)}", [], cancel);
        }
        catch (PostgresException failure) when (failure.SqlState == "42501")
        {
            throw new BackupException($"{connection.UserName} may not create databases, which restoring and verifying need. Allow it (ALTER ROLE {connection.UserName} CREATEDB), or give a login that may with Backup__AdminConnection.", failure);
        }
    }

    public async Task DropAsync(string database, CancellationToken cancel)
    {
        await using var connection = await OpenMaintenanceAsync(cancel);
        await Sql.ExecuteAsync(connection, $"drop database if exists {Quoted(database)} with (force)", [], cancel);
    }

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
