using EmailOps.Core.Data.Backups;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Backups;

/// <summary>Backups on a small store: damage, refusals, replies on their way, the bucket.</summary>
public sealed class BackupTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-backup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestStore> OpenAsync(string? database = null, params (string, string)[] more)
        => database is null ? TestStore.CreateAsync(postgres, [("Backup:Folder", _folder), .. more]) : TestStore.OpenAsync(database, [("Backup:Folder", _folder), .. more]);

    private static Task<MadeBackup> MakeAsync(TestStore store) => store.Get<BackupMaker>().MakeAsync(new BackupAsk("Olga"), _ => { /* Nobody looks. */ }, CancellationToken.None);

    private static Task<Verified> VerifyAsync(TestStore store, StoredBackup backup) => store.Get<BackupRestorer>().VerifyAsync(backup, _ => { /* Nobody looks. */ }, CancellationToken.None);

    private static Task<Restored> RestoreAsync(TestStore store, StoredBackup backup, bool force = false, bool keep = false)
        => store.Get<BackupRestorer>().RestoreAsync(new RestoreAsk(backup, "Olga", force, keep), _ => { /* Nobody looks. */ }, CancellationToken.None);

    [Fact]
    public async Task A_backup_that_was_changed_is_found_out_and_never_restored()
    {
        await using var store = await OpenAsync();
        await store.StoreAsync(MailText.Of("one@customer.example"));
        var backup = (await MakeAsync(store)).Backup;

        // A manifest that promises what is not there.
        var promised = backup with { Manifest = backup.Manifest with { Tables = [.. backup.Manifest.Tables.Select(t => t.Name == "message" ? t with { Rows = 2 } : t.Name == "mailbox" ? t with { Checksum = "17" } : t)] } };
        var untrue = await VerifyAsync(store, promised);
        var refused = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(store, promised, force: true));
        await using (var file = File.Open(backup.Path, FileMode.Open))
        {
            file.Seek(-100, SeekOrigin.End);
            file.WriteByte(0x55);
        }
        var damaged = await VerifyAsync(store, backup);
        var damagedToo = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(store, backup, force: true));

        Assert.Equal(["mailbox has other content", "message has 1 rows instead of 2"], untrue.Differences.Order());
        Assert.Contains("message has 1 rows instead of 2", refused.Message, StringComparison.Ordinal);
        Assert.False(damaged.IsOk);
        Assert.Contains("SHA-256", damagedToo.Message, StringComparison.Ordinal);
        Assert.Equal(1, await store.AskAsync<long>("select count(*) from message"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from backup where is_verified"));
    }

    [Fact]
    public async Task Restoring_over_mail_needs_force_keeps_the_old_if_asked_and_lets_nothing_leave_by_itself()
    {
        await using var store = await OpenAsync();
        await store.StoreAsync(MailText.Of("one@customer.example"));
        await store.ExecuteAsync("insert into draft (message_id, body, language, citations, state, version, created_at) select id, 'Hello', 'en', '[]', 'Approved', 1, now() from message");
        await store.ExecuteAsync("insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, raw) select d.message_id, d.id, 1, '<x@y>', 'ada@customer.example', 'Re', 'Hello', 'Queued', now(), '\\x41' from draft d");
        var backup = (await MakeAsync(store)).Backup;
        await store.StoreAsync(MailText.Of("two@customer.example", "Another thing"));

        var refused = await Assert.ThrowsAsync<BackupException>(() => RestoreAsync(store, backup));
        var restored = await RestoreAsync(store, backup, force: true, keep: true);
        await using var after = await OpenAsync(store.ConnectionString);
        var kept = new Npgsql.NpgsqlConnectionStringBuilder(store.ConnectionString) { Database = restored.OldDatabase, Pooling = false };
        await using (var old = Npgsql.NpgsqlDataSource.Create(kept))
        await using (var count = old.CreateCommand("select count(*) from message")) Assert.Equal(2L, await count.ExecuteScalarAsync());
        await after.Get<BackupServer>().DropAsync(restored.OldDatabase!, CancellationToken.None);

        Assert.Contains("holds mail already", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1L, 1), (await after.AskAsync<long>("select count(*) from message"), restored.ToLookAt));
        // Taken for one whose worker is gone: the Sent folder is asked, then a person. Never sent again by itself.
        Assert.Equal("Sending", await after.AskAsync<string>("select state from outbound_message where owner_until < now()"));
        Assert.Equal("Pause", await after.AskAsync<string>("select kind from standing_order"));
    }

    [Fact]
    public async Task Old_backups_go_the_newest_three_stay_and_foreign_manifests_are_no_way_to_other_files()
    {
        await using var store = await OpenAsync(null, ("Backup:KeepDays", "30"));
        var backup = (await MakeAsync(store)).Backup;
        for (var day = 28; day < 34; day++)
        {
            var path = Path.Combine(_folder, $"emailops-2026010{day - 28}T000000Z.dump");
            File.Copy(backup.Path, path);
            await BackupShelf.WriteAsync(BackupShelf.ManifestOf(path), backup.Manifest with { File = Path.GetFileName(path), MadeAt = backup.Manifest.MadeAt.AddDays(-day).AddHours(1) }, CancellationToken.None);
        }
        var hostile = Path.Combine(_folder, "emailops-hostile.json");
        await BackupShelf.WriteAsync(hostile, backup.Manifest with { File = "../../../etc/passwd" }, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_folder, "emailops-broken.json"), "{\"format\": 1, \"file\":");

        var made = await MakeAsync(store);
        var left = store.Get<BackupShelf>().List();

        Assert.Equal(3, made.Deleted.Count); // 31, 32 and 33 days old; 30 is not older than 30
        Assert.Equal(5, left.Count);
        Assert.DoesNotContain(left, b => b.Path.Contains("hostile", StringComparison.Ordinal));
        Assert.Throws<BackupException>(() => store.Get<BackupShelf>().Find("../../etc/passwd"));
    }

    [Fact]
    public void A_passphrase_opens_only_what_it_sealed()
    {
        var box = Passphrase.Seal("correct horse battery", "the key"u8);

        Assert.Equal("the key"u8.ToArray(), Passphrase.Open("correct horse battery", box));
        Assert.Throws<BackupException>(() => Passphrase.Open("correct horse batterz", box));
        box[^1] ^= 1;
        Assert.Throws<BackupException>(() => Passphrase.Open("correct horse battery", box));
        Assert.Throws<BackupException>(() => Passphrase.Open("correct horse battery", box.AsSpan(0, 20)));
        Assert.Throws<BackupException>(() => Passphrase.Seal("short", "x"u8));
    }

    [Fact]
    public async Task A_copy_goes_to_the_bucket_and_what_the_bucket_refuses_is_said()
    {
        await using var store = await OpenAsync();
        await using var s3 = await StandInS3.StartAsync();
        s3.Refusals = 1;
        Task<(int Code, string Output, string Error)> BackupAsync() => OwnProcess.RunAsync("emailops", ["backup"], ("ConnectionStrings__emailops", store.ConnectionString), ("STATE_DIR", _folder), ("Backup__S3Endpoint", s3.Address),
            ("AWS_S3_BACKUP_BUCKET", StandInS3.Bucket), ("AWS_ACCESS_KEY_ID", StandInS3.AccessKey), ("AWS_SECRET_ACCESS_KEY", StandInS3.SecretKey), ("AWS_EC2_METADATA_DISABLED", "true"));

        var made = await BackupAsync();
        Assert.True(made.Code == 0, made.Output + made.Error);
        var dump = Directory.GetFiles(Path.Combine(_folder, "backups"), "*.dump").Single();
        var there = s3.Objects.Keys.Order().ToArray();
        var bytes = s3.Objects[$"emailops/{Path.GetFileName(dump)}"].Bytes;
        s3.IsForbidden = true;
        var forbidden = await BackupAsync();
        (s3.IsForbidden, s3.LosesBytes) = (false, true);
        var cut = await BackupAsync();

        Assert.Equal([$"emailops/{Path.GetFileName(dump)}", $"emailops/{Path.GetFileNameWithoutExtension(dump)}.json"], there);
        Assert.Equal(await File.ReadAllBytesAsync(dump), bytes);
        Assert.Empty(s3.Problems);
        Assert.Equal((2, 2), (forbidden.Code, cut.Code));
        Assert.Contains("AWS_ACCESS_KEY_ID", forbidden.Output + forbidden.Error, StringComparison.Ordinal);
        Assert.Contains("Upload it again", cut.Output + cut.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(StandInS3.SecretKey, forbidden.Output + forbidden.Error, StringComparison.Ordinal);
        // What the bucket refuses is on the disk all the same.
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "backups"), "*.json").Length);
    }
}
