using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Cli;

/// <summary>The command as a process of its own: arguments and settings in, exit code and text out.</summary>
public sealed class CliTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("emailops-cli-");
    private string _database = "";

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var result = await OwnProcess.RunAsync("emailops", arguments, ("ConnectionStrings__emailops", _database));
        Assert.DoesNotContain("   at ", result.Output + result.Error, StringComparison.Ordinal);
        return result;
    }

    private string Put(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public async Task Import_counts_what_it_did_and_its_exit_code_tells_whether_all_was_mail()
    {
        Put("a.eml", MailText.Of());
        var (made, _, needs) = await RunAsync("import", _folder.FullName);
        Assert.Equal(2, made);
        Assert.Contains("--mailbox", needs, StringComparison.Ordinal);

        var (first, said, _) = await RunAsync("import", _folder.FullName, "--mailbox", "Help@Shop.example");
        Assert.Equal(0, first);
        Assert.Contains("1 stored in help@shop.example", said, StringComparison.Ordinal);

        Put("b.eml", "");
        var (second, json, _) = await RunAsync("import", _folder.FullName, "--json");
        Assert.Equal(1, second);
        var view = JsonSerializer.Deserialize<ImportView>(json, ContractJson.Options)!;
        Assert.Equal((0, 1, 0, 1), (view.Stored, view.Duplicates, view.Unparsable, view.Refused));
        Assert.Single(json.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_cannot_be_done_ends_with_two_and_one_sentence()
    {
        var (missing, _, path) = await RunAsync("import", Path.Combine(_folder.FullName, "nowhere"), "--mailbox", "a@b.example");
        Assert.Equal(2, missing);
        Assert.Contains("does not exist", path, StringComparison.Ordinal);
        Put("a.eml", MailText.Of());
        var (address, _, said) = await RunAsync("import", _folder.FullName, "--mailbox", "nobody");
        Assert.Equal(2, address);
        Assert.Contains("not an address", said, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("no-such-command")).Code);
        Assert.Equal(2, (await RunAsync("key", "create", "x", "--scope", "everything")).Code);
        Assert.Equal(2, (await RunAsync("key", "create", "x", "--days", "-1")).Code);
    }

    [Fact]
    public async Task Without_an_installation_it_says_how_to_start_one()
    {
        var (code, _, error) = await OwnProcess.RunAsync("emailops", ["status"], ("STATE_DIR", _folder.FullName));

        Assert.Equal(2, code);
        Assert.Contains("./run.sh", error, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__emailops", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_first_migration_it_names_the_command_that_is_missing()
    {
        var (code, _, error) = await RunAsync("key", "list");
        Assert.Equal(2, code);
        Assert.Contains("emailops migrate", error, StringComparison.Ordinal);
        var (ill, line, _) = await RunAsync("healthcheck");
        Assert.Equal(2, ill);
        var health = JsonDocument.Parse(line).RootElement;
        Assert.False(health.GetProperty("ok").GetBoolean());
        Assert.NotEmpty(health.GetProperty("error").GetString()!);
        Assert.NotEmpty(health.GetProperty("error_type").GetString()!);

        Assert.Contains("applied", (await RunAsync("migrate")).Output, StringComparison.Ordinal);
        Assert.Contains("up to date", (await RunAsync("migrate")).Output, StringComparison.Ordinal);
        var (well, good, _) = await RunAsync("healthcheck");
        Assert.Equal(0, well);
        var report = JsonDocument.Parse(good).RootElement;
        Assert.All(["ok", "env", "log_level", "workers"], name => Assert.True(report.TryGetProperty(name, out _), name));
        Assert.Single(good.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_key_is_shown_once_works_at_the_api_and_ends_when_revoked()
    {
        await RunAsync("migrate");
        var (made, secret, _) = await RunAsync("key", "create", "grafana", "--scope", "read", "--days", "30");
        Assert.Equal(0, made);
        Assert.StartsWith("eo_", secret, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("key", "create", "grafana")).Code);
        var list = (await RunAsync("key", "list")).Output;
        Assert.Contains("grafana", list, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Trim(), list, StringComparison.Ordinal);

        await using var store = await TestStore.OpenAsync(_database);
        Assert.False(Encoding.UTF8.GetString(await store.AskAsync<byte[]>("select hash from api_key")).Contains(secret.Trim(), StringComparison.Ordinal));
        await using (var api = await TestHosts.ApiAsync(_database))
        {
            using var caller = new ApiCaller(api.Address(), secret.Trim());
            await caller.GetAsync<MessagePage>(Routes.Messages);
        }
        Assert.Equal(0, (await RunAsync("key", "revoke", "grafana")).Code);
        Assert.Equal(2, (await RunAsync("key", "revoke", "grafana")).Code);
        await using (var api = await TestHosts.ApiAsync(_database))
        {
            using var caller = new ApiCaller(api.Address(), secret.Trim());
            using var refused = await caller.Http.GetAsync(Routes.Messages);
            await ApiCaller.ProblemAsync(refused, 401);
        }
    }

    [Fact]
    public async Task Status_as_json_is_what_the_api_says()
    {
        await RunAsync("migrate");

        var (code, json, _) = await RunAsync("status", "--json");

        Assert.Equal(0, code);
        Assert.Equal(0, JsonDocument.Parse(json).RootElement.GetProperty("current_queue_size").GetInt64());
        var output = (await RunAsync("status")).Output;
        Assert.Contains("Triage", output, StringComparison.Ordinal);
        Assert.Contains("No worker runs", output, StringComparison.Ordinal);
    }
}
