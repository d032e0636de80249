using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Gmail;

/// <summary>One mailbox behind two ways. Gmail keeps one and the same mail for both; here each mail is put into both servers.</summary>
public sealed class GmailFallbackTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task While_the_first_way_does_not_work_the_other_is_read_and_nothing_is_lost_or_doubled_across_the_switches()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var mailbox = await GmailInstallation.CreateAsync(postgres, new MailboxSettings { PollSeconds = 5, Imap = new MailServerSettings(MailServerPair.Host, servers.ImapPort, MailSecurity.None, User: user.Address) }, user.Password);
        var gmail = mailbox.Gmail;
        async Task ArriveAsync(int first, int count)
        {
            foreach (var raw in Enumerable.Range(first, count).Select(GmailInstallation.Numbered))
            {
                gmail.Account.Deliver(raw);
                await servers.Delivery.SaveAsync(user, System.Text.Encoding.UTF8.GetBytes(raw));
            }
        }
        await ArriveAsync(0, 20);
        // The other way is named for all mailboxes at once (FALLBACK_PROVIDER=imap).
        await mailbox.WorkAsync("--Providers:Fallback=Imap", "--Providers:FallbackAfter=2", "--Providers:TryFirstAgainAfter=00:00:02", "--Providers:LongestDetour=00:00:04", "--Providers:Breaker:Failures=3", "--Providers:Breaker:OpenFor=00:00:01", "--Providers:Breaker:MaxOpenFor=00:00:02");
        await mailbox.UntilStoredAsync(20);
        await mailbox.UntilStateAsync(LoopState.Watching);
        Assert.Equal(MailboxProvider.Gmail, (await mailbox.ReadingAsync()).Provider);

        // Gmail is down: soon IMAP is read, from its beginning, and copies are recognised.
        gmail.Fault = _ => StandInGmail.Say(StandInAnswer.Backend);
        await mailbox.WakeAsync();
        await ArriveAsync(20, 5);
        await mailbox.UntilStoredAsync(25);
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()) is { Provider: MailboxProvider.Imap, Diverted: not null }, "it says which way it is read");
        var health = await mailbox.HealthAsync();
        Assert.Equal("degraded", health.Status);
        Assert.Contains("Read by its fallback Imap", health.Detail, StringComparison.Ordinal);
        Assert.Contains("fault of its own", health.Detail, StringComparison.Ordinal);

        // It works again: the first way is taken by itself, and goes on where it stood.
        gmail.Fault = null;
        await ArriveAsync(25, 5);
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()) is { Provider: MailboxProvider.Gmail, Diverted: null, State: LoopState.Watching }, "Gmail is read again");
        await mailbox.UntilStoredAsync(30);
        await ArriveAsync(30, 1);
        await mailbox.WakeAsync();
        await mailbox.UntilStoredAsync(31);

        // A person holds the breaker open: the other way at once, without waiting for failures.
        var asked = gmail.Requests.Count;
        await mailbox.Store.Get<ProviderBreakers>().ForceAsync(MailboxProvider.Gmail, BreakerForce.Open, "Olga", "", CancellationToken.None);
        await mailbox.UntilAsync(async () =>
        {
            await mailbox.WakeAsync();
            return (await mailbox.ReadingAsync()) is { Provider: MailboxProvider.Imap, State: LoopState.Watching, Diverted: { } why } && why.Contains("held open by Olga", StringComparison.Ordinal);
        }, "the order is obeyed");
        await ArriveAsync(31, 2);
        await mailbox.UntilStoredAsync(33);
        await mailbox.Store.Get<ProviderBreakers>().ForceAsync(MailboxProvider.Gmail, BreakerForce.Auto, "Olga", "", CancellationToken.None);
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()) is { Provider: MailboxProvider.Gmail, State: LoopState.Watching }, "Gmail is read once more");

        var found = await mailbox.ReconcileAsync();
        Assert.Equal((33L, 0L, null), (found.OnServer, found.Missing, found.Problem));
        Assert.Equal(33, await mailbox.MessagesAsync());
        Assert.Equal(33, await mailbox.Store.AskAsync<long>("select count(distinct internet_message_id) from message"));
        Assert.Equal(33, await mailbox.Store.AskAsync<long>("select count(*) from intake_entry where outcome = 'Stored'"));
        Assert.Equal(0, await mailbox.Store.AskAsync<long>("select count(*) from intake_entry where outcome not in ('Stored', 'Duplicate')"));
        Assert.True(asked > 0);
    }
}
