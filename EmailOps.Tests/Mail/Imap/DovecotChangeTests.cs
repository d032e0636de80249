using EmailOps.Mail.Imap;
using EmailOps.Mail.Net;
using EmailOps.Tests.Mail.Net;
using EmailOps.Tests.MailServers;

namespace EmailOps.Tests.Mail.Imap;

/// <summary>Noticing what others do to a folder, at once and after an absence.</summary>
public sealed class DovecotChangeTests(MailServersFixture mail) : IClassFixture<MailServersFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Idle_wakes_on_new_mail_flags_and_removal()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await using var other = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX", readOnly: true);

        var idle = client.IdleAsync(Long);
        await servers.Delivery.LmtpAsync(user, Letters.Plain(1));
        Assert.Equal(ImapChanges.NewMessages, await idle);
        Assert.Equal("1", (await client.SearchAsync(ImapSearch.NewFrom(1))).ToString());

        await other.SelectAsync("INBOX");
        idle = client.IdleAsync(Long);
        await other.StoreAsync(UidSet.Of(1), ImapStoreMode.Add, ImapFlags.Seen);
        Assert.Equal(ImapChanges.Flags, await idle & ~ImapChanges.NewMessages);

        client.TakeChanges();
        idle = client.IdleAsync(Long, ImapChanges.Expunged);
        await other.DeleteAsync(UidSet.Of(1));
        Assert.True((await idle).HasFlag(ImapChanges.Expunged));
        Assert.Equal(0u, client.Folder!.Exists);
    }

    [Fact]
    public async Task Idle_ends_at_once_when_stopped_and_the_connection_goes_on()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var log = new RecordingLog();
        await using var client = await ImapLogin.OpenAsync(servers, user, log: log);
        await client.SelectAsync("INBOX");
        using var stop = new CancellationTokenSource();
        var idle = client.IdleAsync(Timeout.InfiniteTimeSpan, stop: stop.Token);
        while (log.Count("S: + ") == 0)
            await Task.Delay(5);
        Assert.False(idle.IsCompleted);
        await stop.CancelAsync();
        Assert.Equal(ImapChanges.None, await idle);
        await client.NoopAsync();
        Assert.Equal(ImapChanges.None, await client.IdleAsync(TimeSpan.FromMilliseconds(20)));
        Assert.Equal(2, log.Count("C: DONE"));
    }

    [Fact]
    public async Task Idle_is_renewed_and_still_wakes()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var log = new RecordingLog();
        await using var client = await ImapLogin.OpenAsync(servers, user, new ImapLimits { IdleRenewal = TimeSpan.FromMilliseconds(50) }, log);
        await client.SelectAsync("INBOX");
        var idle = client.IdleAsync(Long);
        while (log.Count("C: DONE") < 3)
            await Task.Delay(5);
        await servers.Delivery.LmtpAsync(user, Letters.Plain(1));
        Assert.True((await idle).HasFlag(ImapChanges.NewMessages));
    }

    [Fact]
    public async Task Mail_that_came_between_search_and_idle_is_not_slept_over()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX");
        client.TakeChanges();
        Assert.True((await client.SearchAsync()).IsEmpty);
        await servers.Delivery.LmtpAsync(user, Letters.Plain(1));
        await client.NoopAsync();
        Assert.Equal(1u, client.Folder!.Exists);
        Assert.Equal(ImapChanges.NewMessages, await client.IdleAsync(Long));
    }

    [Fact]
    public async Task A_store_leaves_alone_what_changed_meanwhile()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Letters.Plain(1), Letters.Plain(2));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await using var other = await ImapLogin.OpenAsync(servers, user);
        var before = (await client.SelectAsync("INBOX")).HighestModSeq;
        Assert.True(before > 0);
        await other.SelectAsync("INBOX");
        Assert.True((await other.StoreAsync(UidSet.Of(2), ImapStoreMode.Add, new ImapFlags(ImapSystemFlags.Flagged))).IsEmpty);
        var left = await client.StoreAsync(UidSet.Range(1, 2), ImapStoreMode.Add, ImapFlags.Seen, before);
        Assert.Equal("2", left.ToString());
        var changed = new List<(uint, string)>();
        await foreach (var message in client.FetchAsync(UidSet.Range(1, 2), new ImapFetch { Content = ImapFetchContent.None, ChangedSince = before }))
            changed.Add((message.Uid, string.Join(' ', message.Flags.ToString().Split(' ').Where(flag => flag != "\\Recent"))));
        Assert.Equal([(1u, "\\Seen"), (2u, "\\Flagged")], changed);
    }

    [Fact]
    public async Task Resynchronising_tells_what_vanished_and_changed_while_away()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 6).Select(number => Letters.Plain(number)));
        ImapSyncPoint known;
        await using (var client = await ImapLogin.OpenAsync(servers, user))
        {
            var folder = await client.SelectAsync("INBOX", readOnly: true);
            known = new ImapSyncPoint(folder.UidValidity, folder.HighestModSeq, UidSet.Range(1, 6));
            await client.LogoutAsync();
        }
        await using (var other = await ImapLogin.OpenAsync(servers, user))
        {
            await other.SelectAsync("INBOX");
            await other.DeleteAsync(UidSet.Parse("2,4:5"));
            await other.StoreAsync(UidSet.Of(6), ImapStoreMode.Add, ImapFlags.Seen);
        }
        await using var back = await ImapLogin.OpenAsync(servers, user);
        var now = await back.SelectAsync("INBOX", known: known);
        Assert.True(now.IsResynchronised);
        Assert.Equal("2,4:5", now.Vanished.ToString());
        var changed = Assert.Single(now.Changed);
        Assert.True(changed.Uid == 6 && changed.Flags.Has(ImapSystemFlags.Seen) && changed.ModSeq > known.ModSeq);
        Assert.Equal(3u, now.Exists);

        // With another UIDVALIDITY what was known is void, and nothing is compared.
        var renewed = await back.SelectAsync("INBOX", known: known with { UidValidity = known.UidValidity - 1 });
        Assert.False(renewed.IsResynchronised);
        Assert.Empty(renewed.Changed);
    }

    [Fact]
    public async Task Leaving_a_fetch_early_leaves_the_connection_usable()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 300).Select(number => Letters.Plain(number)));
        await using var client = await ImapLogin.OpenAsync(servers, user, new ImapLimits { FetchWindow = 40 });
        await client.SelectAsync("INBOX", readOnly: true);
        await foreach (var message in client.FetchAsync(UidSet.Range(1, 300)))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => client.NoopAsync());
            if (message.Uid == 50) break;
        }
        Assert.Equal(300, (await client.SearchAsync()).Count);
    }

    [Fact]
    public async Task A_server_that_is_killed_during_a_fetch_is_a_closed_connection()
    {
        if (await EmailOps.Benchmarks.MailServers.MailServerPair.MissingAsync() is not null) return; // the tests above say so
        await using var servers = await EmailOps.Benchmarks.MailServers.MailServerPair.StartAsync();
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Enumerable.Range(1, 1_000).Select(number => Letters.Plain(number, 20_000)));
        await using var client = await ImapLogin.OpenAsync(servers, user);
        await client.SelectAsync("INBOX", readOnly: true);
        var count = 0;
        var failure = await Assert.ThrowsAsync<MailConnectionException>(async () =>
        {
            await foreach (var message in client.FetchAsync(UidSet.Range(1, 1_000)))
            {
                message.Dispose();
                if (++count == 10) await servers.KillImapAsync();
            }
        });
        Assert.Equal(ConnectionFailure.Closed, failure.Kind);
        Assert.False(client.IsUsable);
        await Assert.ThrowsAsync<MailConnectionException>(() => client.NoopAsync());
    }
}
