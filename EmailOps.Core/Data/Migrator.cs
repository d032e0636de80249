using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// Applies the embedded SQL files in name order, each once, each in a transaction, under an advisory lock so that any number of
/// processes may start together. A file that changed after it was applied is an error: write a new one. What would hold a lock over millions of rows says
/// on its first line how else it is run (<see cref="MigrationFile.Way"/>), and the log says how far it is.
/// </summary>
/// <param name="files">Name and SQL, in order; the embedded ones when left out.</param>
internal sealed class Migrator(NpgsqlDataSource source, TimeProvider clock, ILogger<Migrator> log, IReadOnlyList<MigrationFile>? files = null)
{
    private const long LockKey = 0x456D_6149_6C4F_7073; // "EmaIlOps"
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(5);
    private const string Prefix = "EmailOps.Core.Data.Migrations.";

    /// <returns>How many files were applied now.</returns>
    /// <exception cref="MigrationException">A file failed or was changed after it had been applied.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await LockAsync(connection, cancel);
        try
        {
            await Execute(connection, null, "create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null)", cancel);
            var applied = await Applied(connection, cancel);
            var isNew = applied.Count == 0;
            var count = 0;
            foreach (var file in files ?? Embedded())
            {
                var (name, sql) = file;
                var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
                if (applied.TryGetValue(name, out var known))
                {
                    if (known != hash)
                        throw new MigrationException($"Migration {name} was changed after it had been applied to this database. Restore the file and put the change into a new one.");
                    continue;
                }
                // Nobody waits for a database that was made a moment ago.
                await Apply(connection, file, isNew ? MigrationWay.AtOnce : file.Way, hash, cancel);
                count++;
            }
            return count;
        }
        finally
        {
            // A broken connection has let go of the lock already, and why it broke is what the caller must hear.
            if (connection.FullState == System.Data.ConnectionState.Open) await Execute(connection, null, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    // Asked again and again instead of waited for: who waits inside a statement holds a snapshot, and an index that is built online waits for all snapshots.
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        while (await Sql.QueryAsync(connection, $"select pg_try_advisory_lock({LockKey})", [], r => r.GetBoolean(0), cancel) is not [true])
            await Execute(connection, null, "select pg_sleep(0.1)", cancel);
    }

    private async Task Apply(NpgsqlConnection connection, MigrationFile file, MigrationWay way, string hash, CancellationToken cancel)
    {
        try
        {
            if (way == MigrationWay.InParts) await InPartsAsync(connection, file, cancel);
            if (way == MigrationWay.Online) await OnlineAsync(connection, file, cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (way == MigrationWay.AtOnce) await Execute(connection, transaction, file.AtOnce, cancel);
            await using var insert = new NpgsqlCommand("insert into schema_migration values ($1, $2, $3)", connection, transaction)
            {
                Parameters = { new() { Value = file.Name }, new() { Value = hash }, new() { Value = clock.GetUtcNow() } },
            };
            await insert.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException failure)
        {
            throw new MigrationException($"Migration {file.Name} failed and was rolled back{(way == MigrationWay.AtOnce ? "" : " to the last part that was done; the next start goes on from there")}: {failure.MessageText}{Hint(failure)}", failure);
        }
        DataLog.MigrationApplied(log, file.Name);
    }

    private async Task InPartsAsync(NpgsqlConnection connection, MigrationFile file, CancellationToken cancel)
    {
        var (done, reported) = (0L, clock.GetTimestamp());
        while (true)
        {
            await using var part = new NpgsqlCommand(file.Sql, connection) { CommandTimeout = 0 };
            var rows = await part.ExecuteNonQueryAsync(cancel);
            if (rows <= 0) return;
            done += rows;
            if (clock.GetElapsedTime(reported) < s_reportEvery) continue;
            DataLog.MigrationGoesOn(log, file.Name, done);
            reported = clock.GetTimestamp();
        }
    }

    private async Task OnlineAsync(NpgsqlConnection connection, MigrationFile file, CancellationToken cancel)
    {
        foreach (var statement in file.Statements)
        {
            var began = clock.GetTimestamp();
            await Execute(connection, null, statement, cancel);
            var took = clock.GetElapsedTime(began);
            if (took >= s_reportEvery) DataLog.MigrationStepDone(log, file.Name, statement, took);
        }
    }

    private static string Hint(PostgresException failure) => failure.SqlState switch
    {
        "0A000" or "58P01" or "42704" when failure.MessageText.Contains("vector", StringComparison.Ordinal)
            => " Install pgvector for this PostgreSQL (Debian: postgresql-NN-pgvector).",
        "42501" => " The database user may not do that; let a superuser run: create extension vector.",
        _ => "",
    };

    private static async Task<Dictionary<string, string>> Applied(NpgsqlConnection connection, CancellationToken cancel)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("select name, sha256 from schema_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) applied[reader.GetString(0)] = reader.GetString(1);
        return applied;
    }

    private static async Task Execute(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>All of them, in order.</summary>
    internal static List<MigrationFile> Embedded()
    {
        var files = new List<MigrationFile>();
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            files.Add(new(resource[Prefix.Length..], reader.ReadToEnd().ReplaceLineEndings("\n")));
        }
        return files;
    }
}

/// <summary>The schema could not be brought up to date; the message says which file and what to do.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
