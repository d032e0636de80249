using EmailOps.Benchmarks.Chaos;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Delivery;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Gmail;

/// <summary>The real worker as a process of its own, killed between listing and storing, between marking and its answer, and between sending and its answer.</summary>
public sealed class GmailKilledWorkerTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private const int Mails = 60;

    [Fact]
    public async Task A_worker_killed_anywhere_loses_no_mail_doubles_none_sends_nothing_twice_and_logs_no_secret()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var gmail = await StandInGmail.StartAsync("any@stand-in.example");
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, _ => new MailboxSettings { Provider = MailboxProvider.Gmail, HoldSeconds = 0, AfterStored = AfterStored.MarkSeen, PollSeconds = 5 }, gmail.Settings);
        await outbox.Store.Get<GrantStore>().SaveAsync(outbox.Mailbox, MailboxProvider.Gmail, outbox.User.Address, "", new("unused", TimeSpan.FromHours(1), gmail.Google.RefreshToken, null, null), "test", CancellationToken.None);
        for (var i = 0; i < Mails; i++) gmail.Account.Deliver(MailText.Of(id: $"letter-{i}@customer.example", subject: $"Question {i}", body: $"Where is parcel {i}?", to: outbox.User.Address));
        var folder = Directory.CreateTempSubdirectory("emailops-gmail-");
        await using var worker = new WorkerProcess(Path.Combine(folder.FullName, "worker.log"),
        [
            ("ConnectionStrings__emailops", outbox.Store.ConnectionString), ("EMAILOPS_ENV_FILE", "none"), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("WORKER_PORT", "0"), ("SECRETS_KEY", TestStore.SecretsKey), ("LOG_FILE_ENABLED", "false"), ("LOG_LEVEL", "DEBUG"),
            ("CACHE_DIR", Path.Combine(AppContext.BaseDirectory, "test-cache")), ("OLLAMA_FIND", "false"), ("Intake__Lease", "00:00:01"), ("Intake__MaxBackoff", "00:00:01"), ("Delivery__Lease", "00:00:02"), ("Delivery__LookFor", "00:00:01"), ("Work__WorkerLease", "00:00:02"),
            ("Gmail__BatchSize", "10"), .. gmail.Settings.Select(s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value)),
        ]);
        Task UntilAsync(Func<Task<bool>> isTrue, string what) => Wait.UntilAsync(isTrue, what, seconds: 90, () => Task.FromResult(worker.LastLines(20)));
        static bool IsOurs(StandInMessage sent) => sent.Head.Contains("Subject: Re: Where is my parcel", StringComparison.Ordinal);
        Task<long> StoredAsync() => outbox.Store.AskAsync<long>("select count(*) from server_message where message_id is not null");
        // Google does it and says nothing until the worker is dead.
        static async Task Hold(Microsoft.AspNetCore.Http.HttpContext context, Func<Task> next)
        {
            var real = context.Response.Body;
            context.Response.Body = Stream.Null;
            await next();
            context.Response.Body = real;
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        // Killed in the middle of the first catch-up: all is listed, some is stored.
        gmail.Fault = r => r.Contains("/batch/", StringComparison.Ordinal) && gmail.Batches.Count >= 3 ? Hold : null;
        worker.Start();
        await UntilAsync(async () => await StoredAsync() >= 30, "some are stored");
        await worker.KillAsync();
        Assert.InRange(await StoredAsync(), 30, Mails - 1);
        Assert.True(await outbox.Store.AskAsync<bool>("select cursor is null from mailbox_folder"));

        // Killed while it marks and while it sends: Google did both, and the worker never heard.
        gmail.Fault = r => r.Contains("batchModify", StringComparison.Ordinal) || r.Contains("/messages/send", StringComparison.Ordinal) ? Hold : null;
        worker.Start();
        await UntilAsync(() => Task.FromResult(gmail.Count("batchModify") > 0), "it marks");
        var answered = await outbox.AnswerAsync(isAutomatic: false);
        await UntilAsync(() => Task.FromResult(gmail.Account.Sent.Any(IsOurs)), "it sends");
        await worker.KillAsync();
        Assert.Equal("Sending", await outbox.StateAsync(answered));

        gmail.Fault = null;
        gmail.Google.ForgetTokens(); // a token that was good a moment ago: renewed once, unseen
        worker.Start();
        await UntilAsync(async () => await outbox.StateAsync(answered) == "Sent", "the reply is found");
        await UntilAsync(() => outbox.Store.AskAsync<bool>($"select count(*) = {Mails} from server_message where handled_at is not null"), "all are stored and marked");
        await UntilAsync(() => outbox.Store.AskAsync<bool>("select cursor is not null from mailbox_folder"), "the history id is kept");
        Assert.Single(gmail.Account.Sent, IsOurs);
        // The policy may have answered some of the sixty by itself: those once, too.
        Assert.All(gmail.Account.Sent.GroupBy(m => m.Head, StringComparer.Ordinal), twice => Assert.Single(twice));
        Assert.Equal(Mails, await outbox.Store.AskAsync<long>("select count(*) from message where internet_message_id like 'letter-%'"));
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from intake_entry where outcome <> 'Stored'"));

        // Nothing that lets anybody in is in what it logged, at the most talkative level.
        await worker.KillAsync();
        var log = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "worker.log"));
        Assert.Contains(outbox.User.Address, log, StringComparison.Ordinal);
        Assert.All((string[])[.. gmail.Google.Given, gmail.Google.RefreshToken, StandInGoogle.ClientSecret], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }
}
