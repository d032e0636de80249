using System.Text;
using EmailOps.Benchmarks.Chaos;
using EmailOps.Benchmarks.Redis;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Redis;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.LanguageModels.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;
using EmailOps.Tests.Triage.Consulting;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Tests.Redis;

/// <summary>An Api, two workers as processes of their own and a model server, all at work, while their Redis is killed, silenced and emptied.</summary>
public sealed class RedisChaosTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int MailsAnUpload = 12;

    [Fact]
    public async Task Redis_killed_silenced_and_emptied_under_load_loses_and_doubles_nothing()
    {
        if (RedisServer.Missing() is { } missing)
        {
            Console.WriteLine($"SKIPPED, NO REDIS: chaos ({missing}).");
            return;
        }
        await using var server = await RedisServer.StartAsync();
        await using var ollama = await StandInOllama.StartAsync(ConsultUnderTest.Sensible);
        var database = await postgres.CreateDatabaseAsync();
        (string Key, string Value)[] settings = [.. RedisFixture.Settings(server), .. ollama.Settings, ("Work:PollFloor", "00:00:02")];
        await using var store = await TestStore.OpenAsync(database);
        await store.ExecuteAsync($"update mailbox set settings = '{Core.Data.Sql.Json(new MailboxSettings { Model = new ModelPolicy { Use = ModelUse.Always } })}'");
        await using var api = await TestHosts.ApiAsync(database, [.. settings.Select(s => $"--{s.Key}={s.Value}")]);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        var folder = Directory.CreateTempSubdirectory("emailops-redis-chaos-");
        await using var one = Worker(folder, 1, database, settings);
        await using var other = Worker(folder, 2, database, settings);
        one.Start();
        other.Start();
        string Said() => $"{one.LastLines(10)}\n{other.LastLines(10)}";
        Task UntilAsync(Func<Task<bool>> isTrue, string what) => Wait.UntilAsync(isTrue, what, seconds: 90, () => Task.FromResult(Said()));
        Task UntilAllConnectedAsync() => UntilAsync(async () => (await server.AskAsync("CLIENT", "LIST")).Split('\n').Count(l => l.Contains($"name={settings[1].Value}", StringComparison.Ordinal)) >= 6, "all three processes have both their connections");
        await UntilAllConnectedAsync();

        // Mail comes in as long as anything happens to Redis.
        using var over = new CancellationTokenSource();
        var uploads = 0;
        var feeding = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                using var answer = await caller.UploadAsync([.. Enumerable.Range(uploads * MailsAnUpload, MailsAnUpload).Select(Mail)]);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
                uploads++;
                // Not so far ahead that the end is only waiting.
                await UntilAsync(async () => await DecidedAsync() > (uploads - 4) * MailsAnUpload, "the workers keep up");
            }
        });
        Task<long> DecidedAsync() => store.AskAsync<long>("select count(*) from decision");
        async Task WorkGoesOnAsync(string when)
        {
            var before = await DecidedAsync();
            await UntilAsync(async () => feeding.IsFaulted || await DecidedAsync() > before + MailsAnUpload, $"mail is decided {when}");
        }
        await WorkGoesOnAsync("with Redis");
        for (var round = 0; round < 2; round++)
        {
            await server.KillAsync();
            await WorkGoesOnAsync("without Redis");
            await server.StartAgainAsync();
            await UntilAllConnectedAsync();
            await WorkGoesOnAsync("with a new Redis");
        }
        await server.PauseAsync();
        await WorkGoesOnAsync("with a silent Redis");
        Assert.False(api.Services.GetRequiredService<RedisLink>().IsUp);
        using (var page = await caller.Http.GetAsync(Routes.Messages)) Assert.True(page.IsSuccessStatusCode);
        await server.GoOnAsync();
        await server.AskAsync("FLUSHALL");
        await WorkGoesOnAsync("with an emptied Redis");
        await UntilAllConnectedAsync();
        await over.CancelAsync();
        await feeding;
        await UntilAsync(() => store.AskAsync<bool>("select not exists (select from work_item where died_at is null)"), "all work is done");

        // Nothing lost.
        long sent = uploads * MailsAnUpload;
        Assert.Equal(sent, await store.AskAsync<long>("select count(*) from message"));
        Assert.Equal(sent, await store.AskAsync<long>("select count(*) from intake_entry"));
        Assert.Equal(sent, await DecidedAsync());
        Assert.Equal(sent, await store.AskAsync<long>("select count(*) from consultation where outcome = 'Answered'"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from work_item"));
        // Nothing doubled.
        Assert.Equal(sent, ollama.Asked.Count(a => a.Schema is { } schema && schema.GetRawText().Contains("\"category\"", StringComparison.Ordinal)));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from (select message_id from draft where state in ('Proposed', 'Approved') group by message_id having count(*) > 1) x"));
        Assert.Equal(0, await store.AskAsync<long>("select count(*) from (select message_id from outbound_message group by message_id having count(*) > 1) x"));
        // And Redis did have its part in it.
        var used = await server.AskAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_publish", used, StringComparison.Ordinal);
        Assert.Contains("cmdstat_eval", used, StringComparison.Ordinal);
        await one.KillAsync();
        await other.KillAsync();
        folder.Delete(recursive: true);
    }

    private static (string, byte[]) Mail(int number) => ($"{number}.eml", Encoding.UTF8.GetBytes(MailText.Of(id: $"r{number}@customer.example", subject: $"Rehearsal {number}", from: $"Ada <ada{number}@customer.example>",
        body: $"Could somebody of the team look into rehearsal number {number}, the thing we spoke about by telephone?")));

    private static WorkerProcess Worker(DirectoryInfo folder, int number, string database, IEnumerable<(string Key, string Value)> settings) => new(Path.Combine(folder.FullName, $"worker{number}.log"),
    [
        ("ConnectionStrings__emailops", database), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("WORKER_PORT", "0"), ("SECRETS_KEY", TestStore.SecretsKey), ("LOG_FILE_ENABLED", "false"), ("LOG_LEVEL", "WARNING"),
        ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), .. settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)),
    ]);
}
