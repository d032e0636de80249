using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using Npgsql;

namespace EmailOps.Tests.Cli;

/// <summary>The commands that tell how the installation is, as processes of their own.</summary>
public sealed class DoctorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("emailops-doctor-");

    public void Dispose() => _state.Delete(recursive: true);

    private async Task<(int Code, CheckReport Report)> ExamineAsync(string? database, params (string, string)[] settings)
    {
        var (code, output, error) = await OwnProcess.RunAsync("emailops", ["doctor", "--json"], [("STATE_DIR", _state.FullName), ("OLLAMA_FIND", "false"), .. database is null ? [] : new[] { ("ConnectionStrings__emailops", database) }, .. settings]);
        Assert.True(output.Length > 0, error);
        return (code, JsonSerializer.Deserialize<CheckReport>(output, ContractJson.Options)!);
    }

    private static CheckView One(CheckReport report, string area, string name) => report.Checks.Single(c => c.Area == area && c.Name == name);

    [Fact]
    public async Task A_well_database_without_a_worker_fails_on_the_worker_alone_and_says_how_to_start_one()
    {
        await using var store = await TestStore.CreateAsync(postgres);

        var (code, report) = await ExamineAsync(store.ConnectionString, ("API_PORT", "0"), ("WORKER_PORT", "0"), ("WEB_PORT", "0"));

        Assert.Equal(2, code);
        Assert.Equal(["workers"], report.Checks.Where(c => c.State == CheckState.Failed).Select(c => c.Name));
        Assert.Contains("./run.sh", One(report, "work", "workers").Fix, StringComparison.Ordinal);
        Assert.All(["connection", "migrations", "clock", "version", "pgvector", "connections"], name => Assert.Equal(CheckState.Ok, One(report, "database", name).State));
        Assert.Equal(CheckState.Ok, One(report, "machine", "state folder").State);
        Assert.Equal(CheckState.Skipped, One(report, "redis", "redis").State);
        Assert.All(report.Checks.Where(c => c.State >= CheckState.Warning), c => Assert.False(string.IsNullOrEmpty(c.Fix), c.Name));
    }

    [Fact]
    public async Task What_is_wrong_on_the_way_is_named_each_with_its_fix()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Triage, 1, store.Mailbox), new Core.Work.NewWork(Core.Work.Stage.Triage, 2, store.Mailbox));
        await store.ExecuteAsync("update work_item set enqueued_at = now() - interval '20 minutes', available_at = now() - interval '20 minutes' where subject_id = 1");
        await store.ExecuteAsync("update work_item set died_at = now() where subject_id = 2");
        await store.ExecuteAsync("insert into secret (name, sealed, updated_at) values ('mailbox/1/imap', '\\x01020304050607080910111213141516171819202122232425262728293031323334', now())");
        await store.ExecuteAsync("insert into schema_migration values ('9999_from_the_future.sql', 'x', now())");
        await File.WriteAllTextAsync(Path.Combine(_state.FullName, "api-key"), "x");
        File.SetUnixFileMode(Path.Combine(_state.FullName, "api-key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var (code, report) = await ExamineAsync(store.ConnectionString, ("EMAIL_IMAP_HSOT", "x"), ("Work__BatchSizes", "9"), ("EMAILOPS_API_KEYS", "x"), ("SECRETS_KEY", TestStore.SecretsKey), ("REDIS_URL", "redis://127.0.0.1:1"));

        Assert.Equal(2, code);
        Assert.Contains("Did you mean EMAIL_IMAP_HOST?", One(report, "settings", "EMAIL_IMAP_HSOT").Detail, StringComparison.Ordinal);
        Assert.Contains("Did you mean Work__BatchSize?", One(report, "settings", "Work__BatchSizes").Detail, StringComparison.Ordinal);
        Assert.Contains("EMAILOPS_API_KEY", One(report, "settings", "EMAILOPS_API_KEYS").Fix, StringComparison.Ordinal);
        Assert.Equal(CheckState.Warning, One(report, "work", "queue").State);
        Assert.Equal(CheckState.Warning, One(report, "work", "dead letters").State);
        Assert.Equal(CheckState.Failed, One(report, "secrets", "key").State);
        Assert.Equal(CheckState.Warning, One(report, "database", "migrations").State);
        Assert.Equal(CheckState.Warning, One(report, "redis", "redis").State);
        Assert.Contains("chmod 600", One(report, "machine", "rights").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_are_all_named_at_once_and_nothing_behind_them_is_asked()
    {
        var (code, report) = await ExamineAsync(null, ("API_PORT", "99999"), ("BATCH_SIZE", "many"), ("OLLAMA_ENDPOINT", "nowhere"));

        Assert.Equal(2, code);
        Assert.Equal(["API_PORT", "BATCH_SIZE", "OLLAMA_ENDPOINT"], report.Checks.Where(c => c.State == CheckState.Failed).Select(c => c.Name).Order());
        Assert.All(report.Checks, c => Assert.Equal("settings", c.Area));
    }

    [Fact]
    public async Task Without_a_database_the_rest_is_still_looked_at()
    {
        var nobody = new NpgsqlConnectionStringBuilder("Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2").ConnectionString;

        var (code, report) = await ExamineAsync(nobody);

        Assert.Equal(2, code);
        Assert.Equal(CheckState.Failed, One(report, "database", "connection").State);
        Assert.Equal(CheckState.Ok, One(report, "machine", "state folder").State);
        Assert.Equal(CheckState.Skipped, One(report, "work", "work").State);
        var (none, without) = await ExamineAsync(null);
        Assert.Equal(2, none);
        Assert.Contains("./run.sh", One(without, "database", "connection").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_shown_without_secrets_and_single_questions_are_answered()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Triage, 1, store.Mailbox));
        (string, string)[] settings = [("ConnectionStrings__emailops", store.ConnectionString + ";Password=geheimnis"), ("STATE_DIR", _state.FullName), ("EMAIL_PASSWORD", "xy"), ("MODEL_TOKENS_PER_DAY", "5000"), ("OPENAI_API_KEY", "sk-geheim")];

        var (shown, all, _) = await OwnProcess.RunAsync("emailops", ["config", "show"], settings);
        var (one, value, _) = await OwnProcess.RunAsync("emailops", ["config", "show", "STATE_DIR"], settings);
        var (unset, _, _) = await OwnProcess.RunAsync("emailops", ["config", "show", "SENTRY_DSN"], settings);
        var (unknown, _, _) = await OwnProcess.RunAsync("emailops", ["config", "show", "NO_SUCH_NAME"], settings);
        var (ping, said, _) = await OwnProcess.RunAsync("emailops", ["db", "ping", "--json"], ("ConnectionStrings__emailops", store.ConnectionString));
        var (counted, figures, _) = await OwnProcess.RunAsync("emailops", ["queue", "metrics"], ("ConnectionStrings__emailops", store.ConnectionString));
        var (version, text, _) = await OwnProcess.RunAsync("emailops", ["--version"]);

        Assert.Equal((0, 0, 1, 2, 0, 0, 0), (shown, one, unset, unknown, ping, counted, version));
        Assert.DoesNotContain("geheim", all, StringComparison.Ordinal);
        Assert.Contains("EMAIL_PASSWORD=***", all, StringComparison.Ordinal);
        Assert.Contains("MODEL_TOKENS_PER_DAY=5000", all, StringComparison.Ordinal);
        Assert.Equal(_state.FullName, value.Trim());
        Assert.True(JsonDocument.Parse(said).RootElement.GetProperty("ok").GetBoolean());
        Assert.Contains("queue_size 1", figures, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", text);
    }
}
