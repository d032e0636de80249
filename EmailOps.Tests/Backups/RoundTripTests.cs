using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Backups;

/// <summary>The sample installation to a file and back, by the commands that operators use, on a real PostgreSQL and with real processes.</summary>
[Collection(SampleInstallation.Name)]
public sealed class RoundTripTests(SampleInstallation samples, PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-backup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int Code, string Output, string Error)> RunAsync(string database, params string[] arguments)
        => OwnProcess.RunAsync("emailops", arguments, ("ConnectionStrings__emailops", database), ("STATE_DIR", _folder), ("SECRETS_KEY", TestStore.SecretsKey));

    private static async Task<List<string>> ContentAsync(TestStore store)
    {
        List<string> content = [];
        // What background work does not change meanwhile; all tables as they were at the moment of the backup are compared by the restore itself.
        foreach (var table in (string[])["message", "message_thread", "thread_reference", "intake_entry", "import_run", "triage_result", "decision", "draft", "outbound_message", "correction", "lesson", "knowledge_article", "knowledge_passage", "mailbox", "api_key", "installation"])
            content.Add($"{table} {await store.AskAsync<long>($"select count(*) from {table}")}");
        content.AddRange(await store.ColumnAsync<string>("select encode(sha256, 'hex') || ' ' || encode(sha256(bytes), 'hex') || ' ' || size_bytes from raw_mail order by 1"));
        return content;
    }

    [Fact]
    public async Task What_was_backed_up_comes_back_whole_and_nothing_is_done_twice()
    {
        var passphrase = Path.Combine(_folder, "phrase");
        await File.WriteAllTextAsync(passphrase, "correct horse battery staple\n");
        // A reply that was on its way when the backup was made: it must not leave a second time.
        var made = await RunAsync(samples.Store.ConnectionString, "backup", "--with-secrets-key", "--passphrase-file", passphrase);
        Assert.True(made.Code == 0, made.Output + made.Error);
        var dump = Directory.GetFiles(Path.Combine(_folder, "backups"), "*.dump").Single();
        var listed = await RunAsync(samples.Store.ConnectionString, "backup", "list", "--json");
        var refused = await RunAsync(samples.Store.ConnectionString, "restore", dump);
        var nameless = await RunAsync(samples.Store.ConnectionString, "restore");
        var verified = await RunAsync(samples.Store.ConnectionString, "verify-backup");

        var empty = await postgres.CreateDatabaseAsync();
        var restored = await RunAsync(empty, "restore", "latest", "--json");
        Assert.True(restored.Code == 0, restored.Output + restored.Error);

        await using var store = await TestStore.OpenAsync(empty);
        // The store of a test makes its mailbox; it is not the backup's.
        await store.ExecuteAsync($"delete from mailbox where address = '{TestStore.Address}'");
        await samples.Store.ExecuteAsync($"delete from mailbox where address = '{TestStore.Address}'");
        var (before, after) = (await ContentAsync(samples.Store), await ContentAsync(store));
        Assert.Equal(before, after);
        Assert.Equal(0, verified.Code);
        Assert.Contains("every mail whole", verified.Output, StringComparison.Ordinal);
        Assert.Equal((2, 2), (refused.Code, nameless.Code));
        Assert.Contains("EmailOps is running on", refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.Contains("file", nameless.Error + nameless.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Path.GetFileName(dump), JsonDocument.Parse(listed.Output).RootElement[0].GetProperty("file").GetString());
        Assert.True((File.GetUnixFileMode(dump) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) == 0, "others may read the dump");
        Assert.NotNull((await store.Get<StandingOrders>().ViewAsync(CancellationToken.None)).Paused);
        Assert.Equal("backup.restore", await store.AskAsync<string>("select action from audit_entry order by id desc limit 1"));
        Assert.Equal(1, await samples.Store.AskAsync<long>("select count(*) from backup where is_verified"));
        // Other tests restore beside this one: only names that begin with its own databases' count.
        foreach (var own in (TestStore[])[samples.Store, store]) Assert.Empty(await own.ColumnAsync<string>("select datname::text from pg_database where starts_with(datname::text, current_database() || '_')"));

        // EmailOps starts on it, reads the samples again, and nothing is doubled.
        await using (var worker = await TestHosts.WorkerAsync(empty, "--Samples:Load=true"))
        {
            await using var api = await TestHosts.ApiAsync(empty);
            using var caller = new ApiCaller(api.Address(), TestHosts.Key);
            await Wait.UntilAsync(async () => (await caller.GetAsync<ProcessStatus>(Routes.ProcessStatus)).Workers.Count == 1, "a worker works on it");
            await caller.SendAsync<ImportView>(HttpMethod.Post, OperationRoutes.Samples, null);
            await Wait.UntilAsync(() => store.AskAsync<bool>("select not exists (select from work_item where died_at is null)"), "the queue is empty");
            await api.StopAsync();
            await worker.StopAsync();
        }
        foreach (var table in (string[])["message", "raw_mail", "draft", "decision", "outbound_message", "triage_result"])
            Assert.Equal(await samples.Store.AskAsync<long>($"select count(*) from {table}"), await store.AskAsync<long>($"select count(*) from {table}"));
    }
}
