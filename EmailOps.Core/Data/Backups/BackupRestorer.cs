using System.Globalization;
using System.Text.RegularExpressions;
using EmailOps.Core.Messages;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <param name="IsForced">Although mail is stored there, or processes use it.</param>
/// <param name="KeepsOld">What was there stays, under another name.</param>
internal sealed record RestoreAsk(StoredBackup Backup, string Actor, bool IsForced = false, bool KeepsOld = false);

/// <param name="OldDatabase">Where what was there is now; null: dropped, or nothing was there.</param>
/// <param name="ToLookAt">Replies that may have left since the backup: the Sent folder is asked, then a person.</param>
internal sealed record Restored(string Database, long Rows, int Migrations, string? OldDatabase, int ToLookAt, bool WasRunning);

/// <summary>What a restored copy is found to be.</summary>
/// <param name="Differences">Empty: counts and checksums are those of the manifest, and every mail is what its digest says.</param>
internal sealed record Verified(StoredBackup Backup, long Rows, int Tables, double Seconds, IReadOnlyList<string> Differences)
{
    public bool IsOk => Differences.Count == 0;
    public string Said => IsOk
        ? string.Create(CultureInfo.InvariantCulture, $"{Backup.Manifest.File}: {Tables} tables with {Rows:N0} rows restored, counts and checksums the same, every mail whole, in {Seconds:F1} s.")
        : $"{Backup.Manifest.File} is not what it was: {string.Join("; ", Differences.Take(20))}.";
}

/// <summary>
/// Restores into a new database, compares it with the manifest, brings its schema up to date, and only then puts it in the place of the old one: a restore that
/// fails leaves everything as it was.
/// </summary>
internal sealed partial class BackupRestorer(BackupServer server, BackupLedger ledger, BackupOptions options, TimeProvider clock, ILoggerFactory logs)
{
    /// <exception cref="BackupException">It was not restored; says why. What was there is as it was.</exception>
    public async Task<Restored> RestoreAsync(RestoreAsk ask, Action<string> progress, CancellationToken cancel)
    {
        var target = server.Target.Database ?? throw new BackupException("ConnectionStrings__emailops names no database.");
        var state = await StateAsync(target, cancel);
        if (!ask.IsForced && state.WhyNot is { } why) throw new BackupException($"{why} Nothing was changed. With --force it is replaced all the same.");
        var stamp = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var (made, old) = ($"{Cut(target)}_restoring_{stamp}", $"{Cut(target)}_before_{stamp}");
        await CheckFileAsync(ask.Backup, progress, cancel);
        await server.CreateAsync(made, cancel);
        try
        {
            await LoadAsync(ask.Backup, made, progress, cancel);
            var differences = await CompareAsync(ask.Backup, made, progress, cancel);
            if (differences.Count > 0) throw new BackupException($"What was restored is not what was backed up: {string.Join("; ", differences.Take(10))}. Nothing was changed.");
            progress("bringing the schema up to date");
            var (migrations, toLookAt) = await SettleAsync(ask, made, cancel);
            progress("putting it in its place");
            await SwapAsync(target, made, state.Exists ? old : null, cancel);
            if (state.Exists && !ask.KeepsOld) await server.DropAsync(old, cancel);
            return new Restored(target, ask.Backup.Manifest.Rows, migrations, state.Exists && ask.KeepsOld ? old : null, toLookAt, state.IsRunning);
        }
        catch
        {
            await server.DropAsync(made, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Restores into a scratch database, compares, and drops it again.</summary>
    /// <exception cref="BackupException">It could not be tried. A backup that is not what it was is no exception.</exception>
    public async Task<Verified> VerifyAsync(StoredBackup backup, Action<string> progress, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        List<string> differences;
        if (new FileInfo(backup.Path).Length != backup.Manifest.Bytes || await BackupShelf.HashAsync(backup.Path, cancel) != backup.Manifest.Sha256)
        {
            differences = ["the file was changed or damaged: its SHA-256 is not that of the manifest"];
        }
        else
        {
            var scratch = $"{Cut(server.Target.Database ?? "emailops")}_verify_{Guid.NewGuid().ToString("n")[..12]}";
            await server.CreateAsync(scratch, cancel);
            try
            {
                differences = await TryAsync(backup, scratch, progress, cancel);
            }
            finally
            {
                await server.DropAsync(scratch, CancellationToken.None);
            }
        }
        var verified = new Verified(backup, backup.Manifest.Rows, backup.Manifest.Tables.Count, clock.GetElapsedTime(began).TotalSeconds, differences);
        await ledger.VerifiedAsync(backup, verified.IsOk, verified.Said, cancel);
        return verified;
    }

    private async Task<List<string>> TryAsync(StoredBackup backup, string scratch, Action<string> progress, CancellationToken cancel)
    {
        try
        {
            await LoadAsync(backup, scratch, progress, cancel);
        }
        catch (BackupException failure)
        {
            return [failure.Message];
        }
        return await CompareAsync(backup, scratch, progress, cancel);
    }

    private static async Task CheckFileAsync(StoredBackup backup, Action<string> progress, CancellationToken cancel)
    {
        progress("checking the file");
        if (new FileInfo(backup.Path).Length != backup.Manifest.Bytes || await BackupShelf.HashAsync(backup.Path, cancel) != backup.Manifest.Sha256)
            throw new BackupException($"{backup.Path} was changed or damaged: its SHA-256 is not that of its manifest. Take another backup.");
    }

    private async Task LoadAsync(StoredBackup backup, string database, Action<string> progress, CancellationToken cancel)
    {
        int major;
        await using (var connection = await server.OpenAsync(database, cancel)) major = connection.PostgreSqlVersion.Major;
        if (major < backup.Manifest.ServerMajor) throw new BackupException($"The backup is of PostgreSQL {backup.Manifest.ServerMajor}, and this server is {major}: restore it on {backup.Manifest.ServerMajor} or newer.");
        var tools = await PostgresTools.FindAsync(options, major, cancel);
        var (done, tables) = (0, backup.Manifest.Tables.Count);
        await tools.RunAsync("pg_restore", ["--no-owner", "--no-privileges", "--no-comments", "--no-password", "--exit-on-error", "--verbose", "--jobs=2", $"--dbname={database}", backup.Path], server.Admin(database), line =>
        {
            // pg_restore: processing data for table "public.message"
            if (Restoring().Match(line) is { Success: true } table) progress($"restoring {table.Groups[1].Value} ({Interlocked.Increment(ref done)} of {tables} tables)");
        }, cancel);
    }

    private async Task<List<string>> CompareAsync(StoredBackup backup, string database, Action<string> progress, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(database, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var differences = BackupManifest.Differences(backup.Manifest.Tables, await TableFigures.MeasureAsync(connection, progress, cancel));
        progress("comparing every mail with its digest");
        if (differences.Count == 0 && await TableFigures.DamagedMailsAsync(connection, cancel) is > 0 and var damaged) differences.Add($"{damaged:N0} mails are not what their digest says");
        return differences;
    }

    /// <summary>
    /// Nobody holds anything in the copy. What left after the backup was made is not known to it, so nothing may leave by itself: answers wait for a person to
    /// end the pause, and replies that were on their way are looked for in the Sent folder.
    /// </summary>
    private async Task<(int Migrations, int ToLookAt)> SettleAsync(RestoreAsk ask, string database, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(server.Admin(database));
        var migrations = await new Migrator(source, clock, logs.CreateLogger<Migrator>()).MigrateAsync(cancel);
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var sql in (string[])
        [
            "delete from worker", "update mailbox_loop set owner = null, owner_until = null", "update assessment set owner = null, owner_until = null where finished_at is null",
            "update work_item set lease = null, available_at = enqueued_at where lease is not null and died_at is null",
            "update job_run set outcome = 'Abandoned', finished_at = started_at, said = 'It was under way when the backup was made.' where outcome = 'Running'",
            "update scheduled_job set owner = null, owner_until = null, run_id = null, asked_at = null, asked_by = null, next_run_at = case when next_run_at < now() then now() else next_run_at end",
        ]) await Sql.ExecuteAsync(connection, sql, [], cancel);
        var made = ask.Backup.Manifest.MadeAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var toLookAt = await Sql.ExecuteAsync(connection, """
            update outbound_message set state = case when raw is null then 'Unknown' else 'Sending' end, owner = null, owner_until = now() - interval '1 minute', sending_at = coalesce(sending_at, now()), detail = $1
            where state in ('Held', 'Queued', 'Sending')
            """, [$"Restored from a backup of {made}: it may have left since. Look in the Sent folder; then say that it arrived, or send it again."], cancel);
        await Sql.ExecuteAsync(connection, "insert into standing_order (kind, ordered_at, ordered_by, reason) values ('Pause', now(), $1, $2) on conflict (kind) do nothing",
            [ask.Actor, $"Restored from a backup of {made}: answers that left since are not known. Look at the outbox, then resume."], cancel);
        await Sql.ExecuteAsync(connection, "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), $1, 'backup.restore', 'installation', 0, $2)",
            [ask.Actor, StoredText.Clean($"Restored {ask.Backup.Manifest.File} of {made}: {ask.Backup.Manifest.Rows} rows.")], cancel);
        await transaction.CommitAsync(cancel);
        return (migrations, toLookAt);
    }

    /// <summary>In one transaction: whoever looks sees the old database or the new one, and a server that is stopped in the middle has the old one.</summary>
    private async Task SwapAsync(string target, string made, string? old, CancellationToken cancel)
    {
        await using var connection = await server.OpenMaintenanceAsync(cancel);
        // Nobody new may come while those that are there are sent away.
        if (old is not null) await Sql.ExecuteAsync(connection, $"alter database {BackupServer.Quoted(target)} allow_connections false", [], cancel);
        try
        {
            await RenameAsync(connection, old is null ? [(made, target)] : [(target, old), (made, target)], cancel);
        }
        catch
        {
            if (old is not null) await Sql.ExecuteAsync(connection, $"alter database {BackupServer.Quoted(target)} allow_connections true", [], CancellationToken.None);
            throw;
        }
        if (old is not null) await Sql.ExecuteAsync(connection, $"alter database {BackupServer.Quoted(old)} allow_connections true", [], CancellationToken.None);
    }

    private async Task RenameAsync(NpgsqlConnection connection, (string From, string To)[] names, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            await Sql.ExecuteAsync(connection, "select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()", [names.Select(n => n.From).ToArray()], cancel);
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                foreach (var (from, to) in names) await Sql.ExecuteAsync(connection, $"alter database {BackupServer.Quoted(from)} rename to {BackupServer.Quoted(to)}", [], cancel);
                await transaction.CommitAsync(cancel);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 20)
            {
                // Those sent away take a moment to go.
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), clock, cancel);
            }
        }
    }

    private async Task<(bool Exists, bool IsRunning, string? WhyNot)> StateAsync(string target, CancellationToken cancel)
    {
        await using (var maintenance = await server.OpenMaintenanceAsync(cancel))
        {
            if (await Sql.QueryAsync(maintenance, "select 1 from pg_database where datname = $1", [target], r => r.GetInt32(0), cancel) is []) return (false, false, null);
        }
        await using var connection = await server.OpenAsync(target, cancel);
        var others = (await Sql.QueryAsync(connection, "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'", [], r => r.GetInt64(0), cancel)).Single();
        var stored = await Sql.QueryAsync(connection, "select to_regclass('public.message') is not null and to_regclass('public.worker') is not null", [], r => r.GetBoolean(0), cancel) is [true]
            ? (await Sql.QueryAsync(connection, "select (select count(*) from worker where alive_until > now()), (select count(*) from (select from message limit 1) m)", [], r => (Workers: r.GetInt64(0), Messages: r.GetInt64(1)), cancel)).Single()
            : (Workers: 0, Messages: 0);
        if (stored.Workers > 0) return (true, true, $"EmailOps is running on {target} ({stored.Workers} workers). Stop it first.");
        if (stored.Messages > 0) return (true, others > 0, $"{target} holds mail already.");
        return (true, others > 0, null);
    }

    /// <summary>PostgreSQL cuts names to 63 bytes.</summary>
    private static string Cut(string name) => name.Length <= 30 ? name : name[..30];

    [GeneratedRegex(@"processing data for table ""?(?:public\.)?""?([A-Za-z0-9_]+)")]
    private static partial Regex Restoring();
}
