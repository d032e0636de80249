using EmailOps.Benchmarks.Chaos;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Delivery;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Graph;

/// <summary>The real worker as a process of its own, killed while it reads and while it sends by Graph.</summary>
public sealed class GraphKilledWorkerTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private const int Mails = 60;

    [Fact]
    public async Task A_worker_killed_anywhere_loses_no_mail_doubles_none_and_sends_nothing_twice()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var graph = await StandInGraph.StartAsync();
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, _ => new MailboxSettings { Provider = MailboxProvider.Graph, HoldSeconds = 0, AfterStored = AfterStored.MarkSeen, PollSeconds = 5 }, graph.Settings);
        var user = graph.AddUser(outbox.User.Address);
        for (var i = 0; i < Mails; i++) user.Deliver(GraphUnderTest.Letter(i).Replace(GraphUnderTest.Support, outbox.User.Address, StringComparison.Ordinal));
        var folder = Directory.CreateTempSubdirectory("emailops-graph-");
        await using var worker = new WorkerProcess(Path.Combine(folder.FullName, "worker.log"),
        [
            ("ConnectionStrings__emailops", outbox.Store.ConnectionString), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("WORKER_PORT", "0"), ("SECRETS_KEY", TestStore.SecretsKey), ("LOG_FILE_ENABLED", "false"), ("LOG_LEVEL", "DEBUG"),
            ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), ("OLLAMA_FIND", "false"), ("Intake__Lease", "00:00:01"), ("Intake__MaxBackoff", "00:00:01"), ("Delivery__Lease", "00:00:02"), ("Delivery__LookFor", "00:00:01"), ("Work__WorkerLease", "00:00:02"),
            ("Microsoft365__PageSize", "7"), .. graph.Settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)),
        ]);
        Task UntilAsync(Func<Task<bool>> isTrue, string what) => Wait.UntilAsync(isTrue, what, seconds: 90, () => Task.FromResult(worker.LastLines(20)));
        Task<long> StoredAsync() => outbox.Store.AskAsync<long>("select count(*) from server_message where message_id is not null");

        // Killed in the middle of the first catch-up: Graph holds the answer back until then.
        var held = $"/messages/{user.In("inbox")[20].Id}/$value";
        graph.Misbehave(StandInFault.Silence(held));
        worker.Start();
        await UntilAsync(async () => await StoredAsync() >= 14 && graph.Count("GET", held) > 0, "some are stored, and one is on its way");
        await worker.KillAsync();
        Assert.InRange(await StoredAsync(), 14, Mails - 1);

        // Killed while it marks and while it sends: Graph did both, and the worker never heard.
        graph.Misbehave(StandInFault.HoldAnswer("$batch"));
        graph.Misbehave(StandInFault.HoldAnswer("sendMail"));
        worker.Start();
        await UntilAsync(() => Task.FromResult(graph.Count("POST", "$batch") > 0), "it marks");
        var answered = await outbox.AnswerAsync(isAutomatic: false);
        await UntilAsync(() => Task.FromResult(user.In("sentitems").Count == 1), "it sends");
        await worker.KillAsync();
        Assert.Equal("Sending", await outbox.StateAsync(answered));

        worker.Start();
        await UntilAsync(async () => await outbox.StateAsync(answered) == "Sent", "the reply is found");
        await UntilAsync(() => outbox.Store.AskAsync<bool>($"select count(*) = {Mails} from server_message where handled_at is not null"), "all are stored and marked");
        Assert.Single(user.In("sentitems"));
        Assert.All(user.In("inbox"), m => Assert.True(m.IsRead));
        Assert.Equal(Mails, await outbox.Store.AskAsync<long>("select count(*) from message where internet_message_id like 'letter-%'"));
        Assert.Equal(Mails, await outbox.Store.AskAsync<long>("select count(distinct internet_message_id) from message where internet_message_id like 'letter-%'"));
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from intake_entry where outcome <> 'Stored'"));

        // Nothing that lets anybody in is in what it logged.
        var log = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "worker.log"));
        Assert.All(graph.Login.Secrets, secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
        await worker.KillAsync();
        folder.Delete(recursive: true);
    }
}
