using System.Globalization;
using System.Text.RegularExpressions;
using EmailOps.Core.Mailboxes;
using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <param name="Folder">Null: that of the settings.</param>
/// <param name="KeyPassphrase">The installation's key goes beside it, sealed with this; null: it does not.</param>
/// <param name="Upload">A copy goes to the bucket, where there is one.</param>
internal sealed record BackupAsk(string Actor, string? Folder = null, string? KeyPassphrase = null, bool Upload = true);

/// <param name="BucketKey">Null: no bucket is set, or it was not asked for.</param>
internal sealed record MadeBackup(StoredBackup Backup, string? BucketKey, IReadOnlyList<string> Deleted);

/// <summary>
/// Makes a backup while everything goes on: one snapshot for pg_dump and for the counts, so that the manifest says exactly what is in the dump. Written beside
/// and moved into place; the manifest comes last, and without it a dump does not count.
/// </summary>
internal sealed partial class BackupMaker(NpgsqlDataSource source, BackupServer server, BackupShelf shelf, BackupBucket bucket, BackupLedger ledger, SecretsKey secrets, BackupOptions options, TimeProvider clock)
{
    private const long LockKey = 0x456D_4261_636B_7570; // "EmBackup"
    private const long SpareBytes = 64_000_000;

    /// <exception cref="BackupException">It could not be made; says why and what to do. Nothing half-done is left.</exception>
    public async Task<MadeBackup> MakeAsync(BackupAsk ask, Action<string> progress, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        if (ask.KeyPassphrase is { } phrase) Passphrase.Seal(phrase, []); // too short is said before the work
        var folder = ask.Folder is null ? shelf.Folder() : Directory.CreateDirectory(ask.Folder).FullName;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        if (await Sql.QueryAsync(connection, "select pg_try_advisory_xact_lock($1)", [LockKey], r => r.GetBoolean(0), cancel) is not [true])
            throw new BackupException("Another backup is being made just now; wait for it.");
        var (snapshot, now, size, major, migration) = (await Sql.QueryAsync(connection, """
            select pg_export_snapshot(), now(), pg_database_size(current_database()), current_setting('server_version_num')::int / 10000, (select max(name) from schema_migration)
            """, [], r => (r.GetString(0), r.GetFieldValue<DateTimeOffset>(1), r.GetInt64(2), r.GetInt32(3), r.GetString(4)), cancel)).Single();
        RequireSpace(folder, size);
        var tools = await PostgresTools.FindAsync(options, major, cancel);
        var figures = await TableFigures.MeasureAsync(connection, progress, cancel);
        var name = BackupShelf.NewName(now);
        while (File.Exists(Path.Combine(folder, name))) name = BackupShelf.NewName(now = now.AddSeconds(1));
        var path = Path.Combine(folder, name);
        var unfinished = $"{path}.partial";
        try
        {
            await DumpAsync(tools, snapshot, unfinished, figures.Count, progress, cancel);
            await transaction.RollbackAsync(cancel); // the snapshot is no longer needed: old rows may be cleaned up again
            progress("checking the dump");
            var hash = await BackupShelf.HashAsync(unfinished, cancel);
            string? keyFile = null;
            if (ask.KeyPassphrase is { } passphrase)
            {
                keyFile = Path.ChangeExtension(name, ".key");
                await BackupShelf.WriteAsync(Path.Combine(folder, keyFile), Passphrase.Seal(passphrase, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(secrets.ForSealing().Bytes))), cancel);
            }
            var manifest = new BackupManifest(BackupManifest.CurrentFormat, name, now, connection.Database, Environment.MachineName, Version(), major, migration, new FileInfo(unfinished).Length, hash, figures, clock.GetElapsedTime(began).TotalSeconds, keyFile);
            File.Move(unfinished, path);
            await BackupShelf.WriteAsync(BackupShelf.ManifestOf(path), manifest, cancel);
            var backup = new StoredBackup(path, manifest);
            await ledger.MadeAsync(backup, ask.Actor, cancel);
            var key = ask.Upload ? await bucket.UploadAsync(backup, progress, cancel) : null;
            if (key is not null) await ledger.UploadedAsync(backup, key, cancel);
            var deleted = shelf.Prune(now);
            await ledger.DeletedAsync(deleted, cancel);
            if (key is not null) await bucket.PruneAsync(now, cancel);
            return new MadeBackup(backup, key, deleted);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private async Task DumpAsync(PostgresTools tools, string snapshot, string path, int tables, Action<string> progress, CancellationToken cancel)
    {
        // Made by us first, so that it is nobody else's to read for a moment.
        await using (new FileStream(path, OperatingSystem.IsWindows() ? new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write } : new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            progress("dumping");
        }
        var done = 0;
        // Without owners, rights and comments: they name roles that another server does not have.
        await tools.RunAsync("pg_dump",
            ["--format=custom", string.Create(CultureInfo.InvariantCulture, $"--compress={options.Compression}"), $"--snapshot={snapshot}", "--no-owner", "--no-privileges", "--no-comments", "--no-password", "--verbose", $"--file={path}"],
            server.Target, line =>
            {
                // pg_dump: dumping contents of table "public.message"
                if (Dumping().Match(line) is { Success: true } table) progress($"dumping {table.Groups[1].Value} ({++done} of {tables} tables)");
            }, cancel);
    }

    private static void RequireSpace(string folder, long databaseBytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        // A dump is smaller than its database: indexes are not in it, and text is compressed. Mail is not compressed much.
        if (free < (databaseBytes / 2) + SpareBytes)
            throw new BackupException(string.Create(CultureInfo.InvariantCulture, $"{folder} has {free / 1e6:N0} MB left, and the database has {databaseBytes / 1e6:N0} MB: free some space, or set Backup__Folder to another disk."));
    }

    private static string Version() => typeof(BackupMaker).Assembly.GetName().Version?.ToString(3) ?? "0";

    [GeneratedRegex(@"dumping contents of table ""?(?:public\.)?""?([A-Za-z0-9_]+)")]
    private static partial Regex Dumping();
}
