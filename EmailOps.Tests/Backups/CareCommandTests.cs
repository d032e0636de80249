using System.IO.Compression;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Backups;

/// <summary>The commands of operators, as processes of their own on one small installation.</summary>
public sealed class CareCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emailops-care-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int Code, string Output, string Error)> RunAsync(TestStore store, params string[] arguments)
        => OwnProcess.RunAsync("emailops", arguments, ("ConnectionStrings__emailops", store.ConnectionString), ("STATE_DIR", _folder), ("EMAIL_PASSWORD", "hunter2-hunter2"), ("OLLAMA_FIND", "false"));

    [Fact]
    public async Task Maintenance_retention_gdpr_and_schedule_are_commands()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await store.StoreAsync(MailText.Of());
        await store.Get<Core.Data.Schedules.ScheduleStore>().RegisterAsync([new Schedules.CountingJob("count-sheep")], CancellationToken.None);

        var monthly = await RunAsync(store, "maintenance", "monthly", "--json");
        var steps = JsonDocument.Parse(monthly.Output).RootElement.GetProperty("steps").EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!, s => (Ok: s.GetProperty("isOk").GetBoolean(), Said: s.GetProperty("said").GetString()!));
        var preview = await RunAsync(store, "retention", "preview", "--days", "1");
        var found = await RunAsync(store, "gdpr", "find", "ada@customer.example", "--json");
        var unsaid = await RunAsync(store, "gdpr", "erase", "ada@customer.example");
        var zip = Path.Combine(_folder, "ada.zip");
        var exported = await RunAsync(store, "gdpr", "export", "ada@customer.example", "--output", zip);
        var erased = await RunAsync(store, "gdpr", "erase", "ada@customer.example", "--yes");
        var set = await RunAsync(store, "schedule", "set", "count-sheep", "0 10 * * TUE#1", "--time-zone", "Europe/Berlin");
        var wrong = await RunAsync(store, "schedule", "set", "count-sheep", "0 25 * * *");
        var listed = await RunAsync(store, "schedule", "list", "--json");

        Assert.Equal(1, monthly.Code); // no backup had been verified, and no worker runs
        Assert.True(steps["vacuum"].Ok && steps["backup"].Ok && steps["locks"].Ok && steps["sizes"].Ok, monthly.Output);
        Assert.Contains("message", steps["sizes"].Said, StringComparison.Ordinal);
        Assert.False(steps["backups"].Ok);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "backups"), "*.dump"));
        Assert.Contains("0 messages. 0 would be", preview.Output, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(found.Output).RootElement.GetProperty("messages").GetInt64());
        Assert.Equal((2, 0, 0), (unsaid.Code, exported.Code, erased.Code));
        Assert.True(File.Exists(zip));
        Assert.Contains("What remains", erased.Output, StringComparison.Ordinal);
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from message"));
        Assert.Equal((0, 2), (set.Code, wrong.Code));
        Assert.Contains("is no hour", wrong.Output + wrong.Error, StringComparison.Ordinal);
        Assert.Equal(("0 10 * * TUE#1", "Europe/Berlin"), JsonSerializer.Deserialize<ScheduledJobView[]>(listed.Output, ContractJson.Options)!.Where(j => j.Name == "count-sheep").Select(j => (j.Schedule, j.TimeZone)).Single());
    }

    [Fact]
    public async Task A_config_backup_has_no_secret_in_it_unless_it_is_sealed()
    {
        await using var store = await TestStore.CreateAsync(postgres);
        await File.WriteAllTextAsync(Path.Combine(_folder, ".env"), "EMAIL_USERNAME=support@shop.example\nEMAIL_PASSWORD=hunter2-hunter2\nSENTRY_DSN=https://topsecret@sentry.example/1\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "phrase"), "correct horse battery staple\n");
        var (plain, closed, opened) = (Path.Combine(_folder, "plain.zip"), Path.Combine(_folder, "closed.sealed"), Path.Combine(_folder, "opened.zip"));

        var masked = await RunAsync(store, "config-backup", "--output", plain);
        var made = await RunAsync(store, "config-backup", "--seal", "--passphrase-file", Path.Combine(_folder, "phrase"), "--output", closed);
        var back = await RunAsync(store, "config-backup", "--open", closed, "--output", opened, "--passphrase-file", Path.Combine(_folder, "phrase"));

        Assert.True((masked.Code, made.Code, back.Code) == (0, 0, 0), masked.Error + masked.Output + made.Error + made.Output + back.Error + back.Output);
        var (names, text) = Read(plain);
        Assert.Superset(new HashSet<string> { "settings.env", "state/.env", "appsettings.json", "checkout/samples/taxonomy.yaml", "checkout/deploy/compose/compose.yaml" }, names);
        Assert.Contains("support@shop.example", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(closed)), StringComparison.Ordinal);
        Assert.Contains("hunter2-hunter2", Read(opened).Text, StringComparison.Ordinal);
    }

    private static (HashSet<string> Names, string Text) Read(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return (zip.Entries.Select(e => e.FullName).ToHashSet(), string.Concat(zip.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd())));
    }
}
