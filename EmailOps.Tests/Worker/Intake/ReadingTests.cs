using System.Globalization;
using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker.Intake;

public sealed class ReadingTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static string Numbered(int number) => MailText.Of(id: $"{number}@customer.example", subject: $"Question {number}", body: $"Where is parcel {number}?");

    private static IEnumerable<string> Mails(int first, int count) => Enumerable.Range(first, count).Select(Numbered);

    [Fact]
    public async Task All_that_lies_there_is_read_and_then_each_new_mail_as_it_comes()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 500));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(500);
        await mailbox.UntilStateAsync(LoopState.Watching);

        for (var i = 500; i < 520; i++)
        {
            await servers.Delivery.LmtpAsync(user, Numbered(i));
            // Much less than the polling floor of a minute: the server's announcement is what brings it in.
            await mailbox.UntilAsync(async () => await mailbox.MessagesAsync() > i, $"mail {i} is stored", seconds: 20);
        }

        await mailbox.AssertEachOnceAsync(520);
        var folder = Assert.Single((await mailbox.ReadingAsync()).Folders);
        Assert.Equal(("INBOX", 520L, 0L, null), (folder.Name, folder.Known, folder.Gap, folder.Problem));
        Assert.Equal("healthy", (await mailbox.HealthAsync()).Status);
        // Read-only: nothing was marked.
        Assert.Equal("", (await servers.DoveadmAsync("search", "-u", user.Address, "mailbox", "INBOX", "seen")).Trim());
    }

    [Fact]
    public async Task Folders_are_read_side_by_side_and_a_missing_one_is_its_own_problem()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 5));
        await servers.DoveadmAsync("mailbox", "create", "-u", user.Address, "Support/Straße");
        await servers.Delivery.SaveAsync(user, Encoding.UTF8.GetBytes(Numbered(100)), "Support/Straße");
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user, new MailboxSettings { Folders = ["INBOX", "Gone", "Support/Straße"], PollSeconds = 5 });
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(6);

        await servers.Delivery.SaveAsync(user, Encoding.UTF8.GetBytes(Numbered(101)), "Support/Straße");
        await servers.Delivery.LmtpAsync(user, Numbered(6));
        await mailbox.UntilStoredAsync(8);

        var folders = (await mailbox.ReadingAsync()).Folders.ToDictionary(f => f.Name);
        Assert.Equal((6, 2), (folders["INBOX"].Known, folders["Support/Straße"].Known));
        Assert.Contains("renamed or deleted", folders["Gone"].Problem, StringComparison.Ordinal);
        var health = await mailbox.HealthAsync();
        Assert.Equal("degraded", health.Status);
        Assert.Contains("Gone", health.Detail, StringComparison.Ordinal);

        await servers.DoveadmAsync("mailbox", "create", "-u", user.Address, "Gone");
        await servers.Delivery.SaveAsync(user, Encoding.UTF8.GetBytes(Numbered(200)), "Gone");
        await mailbox.UntilStoredAsync(9);
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "healthy", "its problem is over");
    }

    [Fact]
    public async Task Mails_that_are_numbered_anew_are_recognised_and_what_came_meanwhile_is_read()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 30));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        var worker = await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(30);
        await mailbox.StopAsync(worker);

        await servers.RenewUidValidityAsync(user);
        servers.Delivery.Drop(user, Mails(30, 3));
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(33);
        await mailbox.UntilStateAsync(LoopState.Watching);

        Assert.Equal((33, 30), (await mailbox.MessagesAsync(), await mailbox.Store.AskAsync<long>("select count(*) from intake_entry where outcome = 'Duplicate'")));
        var folder = Assert.Single((await mailbox.ReadingAsync()).Folders);
        Assert.Equal((33, null), (folder.Known, folder.Problem));
        Assert.Contains("numbered the mails of INBOX anew", folder.Note, StringComparison.Ordinal);
        Assert.Equal("healthy", (await mailbox.HealthAsync()).Status);
    }

    [Theory]
    [InlineData(AfterStored.MarkSeen)]
    [InlineData(AfterStored.Move)]
    public async Task What_is_stored_is_marked_or_moved_where_the_mailbox_asks_for_it_also_what_a_killed_worker_left(AfterStored after)
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 20));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        var reading = await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(20);
        await mailbox.StopAsync(reading);
        await mailbox.ChangeAsync(s => s with { AfterStored = after, MoveTo = after == AfterStored.Move ? "Archive" : null });

        servers.Delivery.Drop(user, Mails(20, 5));
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(25);
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select count(*) = 25 from server_message where handled_at is not null"), "all are marked or moved");

        var found = await servers.DoveadmAsync(["search", "-u", user.Address, "mailbox", after == AfterStored.Move ? "Archive" : "INBOX", .. after == AfterStored.Move ? (string[])["all"] : ["seen"]]);
        Assert.Equal(25, found.Trim().Split('\n').Length);
        await mailbox.AssertEachOnceAsync(25);
    }

    [Fact]
    public async Task A_folder_to_move_to_that_does_not_exist_is_said_and_mail_is_read_all_the_same()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        servers.Delivery.Drop(user, Mails(0, 3));
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user, new MailboxSettings { AfterStored = AfterStored.Move, MoveTo = "Nowhere" });
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(3);
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()).Folders[0].Problem?.Contains("move stored mail to Nowhere", StringComparison.Ordinal) == true, "the problem is shown");
        Assert.Equal(3, servers.Delivery.Stored(user).Count());
    }

    [Fact]
    public async Task A_mail_over_the_limit_is_shown_with_its_beginning_and_fetched_whole_once_the_limit_allows_it()
    {
        if (!mail.TryGet(out var servers)) return;
        var user = await servers.AddUserAsync();
        var huge = MailText.Of(id: "huge@customer.example", subject: "A film of my cat", body: string.Concat(Enumerable.Range(0, 40_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}\r\n"))));
        servers.Delivery.Drop(user, [Numbered(0), huge, Numbered(1)]);
        await using var mailbox = await ReadMailbox.CreateAsync(postgres, servers, user);
        var small = await mailbox.WorkAsync("--Intake:MaxMessageBytes=100000");
        await mailbox.UntilStoredAsync(3);
        await mailbox.UntilStateAsync(LoopState.Watching);

        Assert.Equal("A film of my cat", await mailbox.Store.AskAsync<string>("select subject from message where is_unparsable"));
        Assert.Contains("more than Intake:MaxMessageBytes allows (100,000)", await mailbox.Store.AskAsync<string>("select reason from intake_entry where outcome = 'Unparsable'"), StringComparison.Ordinal);
        Assert.True(await mailbox.Store.AskAsync<bool>("select is_head and size_bytes > 300000 and length(bytes) <= 100000 from raw_mail where id = (select raw_id from intake_entry where outcome = 'Unparsable')"));
        await mailbox.StopAsync(small);

        await mailbox.WorkAsync();
        await using var retry = await Retry.StartAsync(mailbox);
        var line = await mailbox.Store.AskAsync<long>("select id from intake_entry where outcome = 'Unparsable'");
        Assert.Equal(IntakeOutcome.Stored, (await retry.TryAsync(line)).Outcome);
        Assert.Equal(3, await mailbox.MessagesAsync());
        Assert.False(await mailbox.Store.AskAsync<bool>("select bool_or(is_unparsable) from message"));
        Assert.False(await mailbox.Store.AskAsync<bool>("select bool_or(is_missing) from server_message"));
    }
}
