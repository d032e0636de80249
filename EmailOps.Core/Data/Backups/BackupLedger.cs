using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using Npgsql;

namespace EmailOps.Core.Data.Backups;

/// <summary>What the database remembers of backups, for the console; the files are the truth.</summary>
internal sealed class BackupLedger(NpgsqlDataSource source)
{
    private const int MaxSaid = 2000, MostShown = 200;

    public async Task MadeAsync(StoredBackup backup, string actor, CancellationToken cancel)
    {
        var m = backup.Manifest;
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, """
            insert into backup (file, host, folder, made_at, made_by, bytes, rows, seconds, sha256) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (file) do update set host = excluded.host, folder = excluded.folder, sha256 = excluded.sha256, deleted_at = null
            """, [m.File, m.Host, Path.GetDirectoryName(backup.Path)!, m.MadeAt, actor, m.Bytes, m.Rows, m.Seconds, m.Sha256], cancel);
        await LiveEvents.AnnounceAsync(connection, Schedules.ScheduleStore.LiveKind, 0, cancel);
    }

    public Task UploadedAsync(StoredBackup backup, string key, CancellationToken cancel) => ChangeAsync("update backup set bucket_key = $2 where file = $1", [backup.Manifest.File, key], cancel);

    public Task VerifiedAsync(StoredBackup backup, bool isOk, string said, CancellationToken cancel)
        => ChangeAsync("update backup set verified_at = now(), is_verified = $2, verified_said = $3 where file = $1", [backup.Manifest.File, isOk, StoredText.Clean(StoredText.Cut(said, MaxSaid))], cancel);

    public Task DeletedAsync(IReadOnlyList<string> files, CancellationToken cancel)
        => files.Count == 0 ? Task.CompletedTask : ChangeAsync("update backup set deleted_at = now() where file = any($1) and host = $2", [files.ToArray(), Environment.MachineName], cancel);

    /// <summary>Newest first, deleted ones left out.</summary>
    public async Task<List<BackupView>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await Sql.QueryAsync(connection, """
            select file, host, folder, made_at, made_by, bytes, rows, seconds, bucket_key, verified_at, is_verified, verified_said from backup where deleted_at is null order by made_at desc, id desc limit $1
            """, [MostShown], r => new BackupView(r.GetString(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), r.GetInt64(5), r.GetInt64(6), r.GetDouble(7),
                r.IsDBNull(8) ? null : r.GetString(8), r.IsDBNull(9) ? null : r.GetFieldValue<DateTimeOffset>(9), r.IsDBNull(10) ? null : r.GetBoolean(10), r.IsDBNull(11) ? null : r.GetString(11)), cancel);
    }

    private async Task ChangeAsync(string sql, object?[] values, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await Sql.ExecuteAsync(connection, sql, values, cancel);
        await LiveEvents.AnnounceAsync(connection, Schedules.ScheduleStore.LiveKind, 0, cancel);
    }
}
