using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>What breaks around a worker: connections, servers, passwords, workers.</summary>
public sealed class BreakdownTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static IEnumerable<string> Mails(int first, int count)
        => Enumerable.Range(first, count).Select(i => MailText.Of(id: $"{i}@customer.example", subject: $"Question {i}", body: new string('x', 3000 + i % 500)));

    [Fact]
    public async Task Connections_cut_anywhere_lose_and_double_nothing()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 300));
        // 300 mails of 3 kB: in the greeting, in the middle of a mail, one mail from the end, and so on.
        await using var proxy = new CuttingProxy(servers.ImapPort, number => number < 12 ? 30 + number * 47_111L : long.MaxValue);
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, user, new MailboxSettings { Imap = proxy.Settings });
        await mailbox.WorkAsync("--Intake:BatchSize=20");
        await mailbox.UntilStoredAsync(300);
        await mailbox.UntilStateAsync(LoopState.Watching);

        Assert.True(proxy.Cuts >= 4, $"{proxy.Cuts} connections were cut");
        await mailbox.AssertEachOnceAsync(300);
        Assert.Equal(0, (await mailbox.ReconcileAsync()).Missing);
    }

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_is_read_on_by_itself()
    {
        if (!mail.TryGet(out _)) return;
        await using var servers = await MailServerPair.StartAsync();
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 50));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(50);

        await servers.KillImapAsync();
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()) is { Status: not "healthy" } health && health.Detail.Contains("failure", StringComparison.Ordinal), "its absence is seen");
        Assert.Equal(LoopState.BackingOff, (await mailbox.ReadingAsync()).State);
        servers.Delivery.Drop(user, Mails(50, 10));
        await servers.StartImapAsync();

        await mailbox.UntilStoredAsync(60);
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "healthy", "it is healthy again");
        await mailbox.AssertEachOnceAsync(60);
    }

    [Fact]
    public async Task A_wrong_password_is_said_plainly_and_the_right_one_works_without_a_restart()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 3));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user with { Password = "wrong" });
        // The pause after a refused password is long: the saved settings must end it.
        await mailbox.WorkAsync("--Intake:MaxBackoff=00:05:00");
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Detail.Contains("right user and password", StringComparison.Ordinal), "the refusal is said");
        var reading = await mailbox.ReadingAsync();
        Assert.Equal((LoopState.BackingOff, 1), (reading.State, reading.Failures));
        Assert.True(reading.NextTryAt > TimeProvider.System.GetUtcNow().AddSeconds(5), "it is asked rarely");

        await mailbox.ChangeAsync(s => s, user.Password);
        await mailbox.UntilStoredAsync(3);
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "healthy", "it is healthy");
    }

    [Fact]
    public async Task A_mailbox_that_is_disabled_is_let_go_and_taken_again_when_it_is_enabled()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 3));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(3);

        await mailbox.ChangeAsync(s => s, isEnabled: false);
        await mailbox.UntilStateAsync(LoopState.Stopped);
        servers.Delivery.Drop(user, Mails(3, 1));
        await mailbox.ChangeAsync(s => s, isEnabled: true);
        await mailbox.UntilStoredAsync(4);
        await mailbox.AssertEachOnceAsync(4);
    }

    [Fact]
    public async Task Two_workers_never_read_one_mailbox_together_and_one_takes_over_from_the_other()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 200));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        var workers = await Task.WhenAll(mailbox.WorkAsync(), mailbox.WorkAsync());
        await mailbox.UntilStoredAsync(200);
        await mailbox.AssertEachOnceAsync(200);

        // As if its worker had been killed: nobody gives the lease back.
        var owner = await mailbox.Store.AskAsync<Guid>("select owner from mailbox_loop");
        await mailbox.Store.ExecuteAsync("update mailbox_loop set owner = gen_random_uuid(), owner_until = now() + interval '1 second'");
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select owner_until > now() + interval '1 second' from mailbox_loop"), "somebody took it over");
        servers.Delivery.Drop(user, Mails(200, 20));
        await mailbox.UntilStoredAsync(220);
        await mailbox.AssertEachOnceAsync(220);

        foreach (var worker in workers)
        {
            await mailbox.StopAsync(worker);
            if (worker == workers[0]) await mailbox.UntilStateAsync(LoopState.Watching);
        }
        Assert.Equal(LoopState.Stopped, (await mailbox.ReadingAsync()).State);
        Assert.NotEqual(Guid.Empty, owner);
    }
}
