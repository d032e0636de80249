using System.Text;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Graph;

/// <summary>The real worker on a mailbox of Microsoft 365: every mail once, whatever Graph does.</summary>
public sealed class GraphReadingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Every_mail_comes_in_once_through_throttling_broken_answers_lost_delta_links_and_gaps()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address);
        var user = graph.Users[GraphMailbox.Address];
        for (var i = 0; i < 25; i++) user.Deliver(GraphMailbox.Letter(i));
        graph.Misbehave(StandInFault.Throttle("/$value", 0));
        graph.Misbehave(StandInFault.CutBody("/$value"));
        graph.Misbehave(StandInFault.CutJson("/delta"));
        graph.Misbehave(StandInFault.Unavailable("$skiptoken", 0));
        await using var mailbox = await GraphMailbox.CreateAsync(postgres);
        await mailbox.WorkAsync(graph.Arguments("--Providers:Breaker:OpenFor=00:00:00.2", "--Providers:Breaker:MaxOpenFor=00:00:00.2"));
        await mailbox.UntilStoredAsync(25);
        await mailbox.UntilStateAsync(LoopState.Watching);
        await mailbox.AssertEachOnceAsync(25);
        Assert.Contains("$deltatoken", await mailbox.Store.AskAsync<string>("select cursor from mailbox_folder"), StringComparison.Ordinal);
        Assert.All(graph.Requests.Where(r => r.Path.Contains("/messages/", StringComparison.Ordinal)), r => Assert.Contains("ImmutableId", r.Prefer, StringComparison.Ordinal));

        // What people do in the mailbox is nothing new; what comes is, even behind a token that counts no more.
        user.Change(user.In("inbox")[3], () => user.In("inbox")[3].IsRead = true);
        user.Delete(user.In("inbox")[4]);
        graph.Login.RevokeAccess();
        user.Deliver(GraphMailbox.Letter(25));
        await mailbox.ReconcileAsync(); // looks at once
        await mailbox.UntilStoredAsync(26);

        // Exchange forgets the delta link: all is listed again, nothing is taken twice, what came meanwhile is there.
        user.Generation++;
        user.Deliver(GraphMailbox.Letter(26));
        await mailbox.ReconcileAsync();
        await mailbox.UntilStoredAsync(27);
        Assert.Contains("listed again", (await mailbox.ReadingAsync()).Folders[0].Note, StringComparison.Ordinal);

        // A mail that no delta query ever named is found by counting again.
        user.Deliver(Encoding.ASCII.GetBytes(GraphMailbox.Letter(27).ReplaceLineEndings("\r\n")), hidden: true);
        var found = await mailbox.ReconcileAsync();
        Assert.Equal((27, 1, 1, null), (found.OnServer, found.Missing, found.Backfilled, found.Problem));
        found = await mailbox.ReconcileAsync();
        Assert.Equal((27, 0), (found.OnServer, found.Missing));
        await mailbox.AssertEachOnceAsync(28);
        Assert.Equal("healthy", (await mailbox.HealthAsync()).Status);
    }

    [Fact]
    public async Task Folders_are_found_by_name_stored_mail_is_moved_only_afterwards_and_a_large_one_keeps_its_header()
    {
        await using var graph = await StandInGraph.StartAsync(GraphMailbox.Address);
        var user = graph.Users[GraphMailbox.Address];
        user.Folders["AAMk-web"] = "Web/Orders";
        user.Folders["AAMk-done"] = "Done";
        for (var i = 0; i < 12; i++) user.Folders[$"AAMk-{i}"] = $"Other {i}";
        for (var i = 0; i < 30; i++) user.Deliver(GraphMailbox.Letter(i), i % 2 == 0 ? "inbox" : "AAMk-web");
        user.In("inbox")[0].Categories = ["Red"];
        user.Deliver(GraphMailbox.Letter(99, new string('x', 40_000)));
        await using var mailbox = await GraphMailbox.CreateAsync(postgres, new MailboxSettings { Folders = ["INBOX", "Web/Orders", "Gone"], AfterStored = AfterStored.Move, MoveTo = "Done" });
        await mailbox.WorkAsync(graph.Arguments("--Intake:MaxMessageBytes=20000", "--Microsoft365:Category=EmailOps"));

        await mailbox.UntilAsync(() => Task.FromResult(user.In("AAMk-done").Count == 30), "all are moved");
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()).Folders.Single(f => f.Name == "Gone").Problem?.Contains("renamed or deleted", StringComparison.Ordinal) == true, "the missing folder is told");
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select count(*) = 30 from server_message where handled_at is not null and not is_missing"), "what was moved is written down");
        Assert.All(user.In("AAMk-done"), m => Assert.Contains("EmailOps", m.Categories));
        Assert.Equal(["Red", "EmailOps"], user.In("AAMk-done")[0].Categories);
        // The large one stays where it is; people see whose it is.
        Assert.Single(user.In("inbox"));
        Assert.Equal("Order 99", await mailbox.Store.AskAsync<string>("select m.subject from server_message s join message m on m.id = s.message_id where s.is_missing"));
        Assert.Contains("MaxMessageBytes", await mailbox.Store.AskAsync<string>("select e.reason from server_message s join intake_entry e on e.id = s.entry_id where s.is_missing"), StringComparison.Ordinal);

        // A permission taken away is this mailbox's problem, named with what it is for.
        graph.Login.Roles = ["Mail.Send"];
        graph.Login.RevokeAccess();
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()).Problem?.Contains("lacks Mail.Read (application permission)", StringComparison.Ordinal) == true, "the missing permission is named");
        Assert.NotEqual("healthy", (await mailbox.HealthAsync()).Status);
    }
}
