using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EmailOps.Core.Audit;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Outgoing;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Incidents;

/// <summary>Evidence, containment and notification, by the command as operators run it.</summary>
public sealed class IncidentTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Secret = "the-mailbox-password-of-this-test";
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("emailops-incident-");

    public void Dispose() => _state.Delete(recursive: true);

    private (string, string)[] Settings(TestStore store, params (string, string)[] more) =>
        [("ConnectionStrings__emailops", store.ConnectionString), ("STATE_DIR", _state.FullName), ("EMAIL_PASSWORD", Secret), ("LOG_FILE_ENABLED", "true"), ("OLLAMA_FIND", "false"), ("API_PORT", "0"), ("WORKER_PORT", "0"), ("WEB_PORT", "0"), .. more];

    [Fact]
    public async Task Evidence_is_whole_checked_and_without_secrets_containment_is_only_offered()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.StoreAsync(MailText.Of(body: "A very private sentence."));
        await store.ExecuteAsync("insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'Olga', 'draft.approve', 'draft', 1, 'Approved.')");
        Directory.CreateDirectory(Path.Combine(_state.FullName, "logs"));
        await File.WriteAllTextAsync(Path.Combine(_state.FullName, "logs", "app.log"), $$"""{"level":"ERROR","message":"somebody logged {{Secret}} once"}""" + "\n");
        await File.WriteAllTextAsync(Path.Combine(_state.FullName, "logs", "app.log.2026-01-01"), "{}\n");

        var (code, output, error) = await OwnProcess.RunAsync("emailops", ["incident", "data_breach", "high", "--note", "seen in a forum", "--json"], Settings(store));

        Assert.True(code == 0, output + error);
        var view = JsonDocument.Parse(output).RootElement;
        var (folder, zip) = (view.GetProperty("folder").GetString()!, view.GetProperty("zip").GetString()!);
        Assert.StartsWith(Path.Combine(_state.FullName, "incidents", "incident-"), folder, StringComparison.Ordinal);
        string[] expected = ["SHA256SUMS", "audit.json", "checks.json", "database.json", "disk.tsv", "incident.json", "keys.json", "logs/app.log", "logs/app.log.2026-01-01", "network.tsv", "processes.tsv", "queue.json", "settings.txt"];
        Assert.Equal(expected, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal));
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("very private", text, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        Assert.Contains("EMAIL_PASSWORD=***", await File.ReadAllTextAsync(Path.Combine(folder, "settings.txt")), StringComparison.Ordinal);
        Assert.Contains("draft.approve", await File.ReadAllTextAsync(Path.Combine(folder, "audit.json")), StringComparison.Ordinal);
        Assert.Contains("seen in a forum", await File.ReadAllTextAsync(Path.Combine(folder, "incident.json")), StringComparison.Ordinal);
        foreach (var sum in await File.ReadAllLinesAsync(Path.Combine(folder, "SHA256SUMS")))
            Assert.Equal(sum[..64], Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, sum[66..])))));
        await using var archive = await ZipFile.OpenReadAsync(zip);
        Assert.Equal(expected.Length, archive.Entries.Count(e => e.Name.Length > 0));
        Assert.Equal(view.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(zip))));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from standing_order"));
    }

    [Fact]
    public async Task Containment_does_what_the_type_asks_for_and_the_webhook_is_told()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await using var receiver = await StandInReceiver.StartAsync();
        await store.ExecuteAsync($"insert into api_key (name, hash, scope, created_at) values ('grafana', '\\x{Convert.ToHexString(ApiKey.HashOf("k"))}', 'read', now())");
        await store.ExecuteAsync("with u as (insert into app_user (name, name_key, role, created_by) values ('Olga', 'olga', 'Admin', 'test') returning id) insert into user_session (hash, user_id, ends_at, way, address) select '\\x01', id, now() + interval '1 day', 'password', '::1' from u");

        var contained = await OwnProcess.RunAsync("emailops", ["incident", "data_breach", "critical", "--contain"], Settings(store, ("ALERT_WEBHOOK_URL", new Uri(receiver.Address, "/hook/secret-path").AbsoluteUri), ("OUTGOING_ALLOW", "127.0.0.1")));

        Assert.True(contained.Code == 0, contained.Output + contained.Error);
        Assert.Equal(["Drain", "Pause"], await store.ColumnAsync<string>("select kind from standing_order order by kind"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from api_key where revoked_at is null"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from user_session"));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Debug, (await store.Get<Core.Data.LogLevels>().FindAsync(CancellationToken.None))?.Level);
        var call = Assert.Single(receiver.Calls, c => c.Method == "POST"); // the checks in the evidence ask with HEAD
        var record = JsonDocument.Parse(call.Text).RootElement;
        Assert.Equal(("critical", "security"), (record.GetProperty("severity").GetString(), record.GetProperty("component").GetString()));
        Assert.Equal(["pause", "drain", "keys", "sessions", "log"], record.GetProperty("details").GetProperty("contained").EnumerateArray().Select(a => a.GetString()));
    }

    [Fact]
    public async Task Without_a_database_what_this_machine_tells_is_kept_and_what_is_missing_is_said()
    {
        var (code, output, _) = await OwnProcess.RunAsync("emailops", ["incident", "malware", "low", "--contain", "--no-notify", "--json"], ("ConnectionStrings__emailops", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2"), ("STATE_DIR", _state.FullName));

        Assert.Equal(1, code);
        var view = JsonDocument.Parse(output).RootElement;
        Assert.Contains(view.GetProperty("evidence").EnumerateArray(), e => e.GetProperty("name").GetString() == "database.json" && e.TryGetProperty("problem", out _));
        Assert.Contains(view.GetProperty("evidence").EnumerateArray(), e => e.GetProperty("name").GetString() == "processes.tsv" && e.GetProperty("bytes").GetInt64() > 0);
        Assert.All(view.GetProperty("containment").EnumerateArray(), s => Assert.False(s.GetProperty("done").GetBoolean()));
        Assert.Equal((2, 2), ((await OwnProcess.RunAsync("emailops", ["incident", "flood", "high"])).Code, (await OwnProcess.RunAsync("emailops", ["incident", "malware", "terrible"])).Code));
    }
}
