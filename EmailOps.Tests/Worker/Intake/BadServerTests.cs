using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>One bad mail, one bad server: what must not stop the rest.</summary>
public sealed class BadServerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly MailUser User = new("support@bad.example", "secret");

    private static void Fill(BadServer server, uint first, int count)
    {
        lock (server.Mails)
            for (var i = 0; i < count; i++) server.Mails[first + (uint)i] = MailText.Of(id: $"{first + i}@customer.example", subject: $"Question {first + i}", body: $"Where is parcel {first + i}?");
    }

    private Task<ReadMailbox> MailboxAsync(BadServer server, int poll = 5)
        => ReadMailbox.CreateAsync(postgres, User, new MailboxSettings { Imap = new MailServerSettings("127.0.0.1", server.Port, MailSecurity.None), PollSeconds = poll });

    [Theory]
    [InlineData("Refuse", "Refused", "cannot read mail 17 from disk")]
    [InlineData("RefuseBody", "Unparsable", "cannot read mail 17 from disk")]
    [InlineData("Omit", "Refused", "lists this mail and does not hand it out")]
    [InlineData("Cut", "Refused", "connection to the server broke 5 times")]
    [InlineData("CutBody", "Unparsable", "connection to the server broke 3 times")]
    public async Task A_mail_the_server_cannot_give_is_listed_with_its_reason_and_fetched_once_it_can(string fault, string outcome, string reason)
    {
        await using var server = new BadServer();
        Fill(server, 1, 40);
        server.Faults[17] = Enum.Parse<Fault>(fault);
        await using var mailbox = await MailboxAsync(server);
        await mailbox.WorkAsync();
        // All others, those behind it as well.
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select count(*) = 39 from message where not is_unparsable"), "the 39 good mails are stored");
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select count(*) = 1 from server_message where is_missing"), "the bad mail has its line");
        await mailbox.UntilStateAsync(LoopState.Watching);

        Assert.Equal(outcome, await mailbox.Store.AskAsync<string>("select outcome from intake_entry where outcome <> 'Stored'"));
        Assert.Contains(reason, await mailbox.Store.AskAsync<string>("select reason from intake_entry where outcome <> 'Stored'"), StringComparison.Ordinal);
        if (outcome == "Unparsable") Assert.Equal("Question 17", await mailbox.Store.AskAsync<string>("select subject from message where is_unparsable"));
        // It holds nobody up.
        Fill(server, 41, 1);
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select exists (select from message where subject = 'Question 41')"), "the next mail is stored");
        Assert.Equal(0, (await mailbox.ReconcileAsync()).Missing);

        await using var retry = await Retry.StartAsync(mailbox);
        var line = await mailbox.Store.AskAsync<long>("select entry_id from server_message where is_missing");
        Assert.Equal(Enum.Parse<IntakeOutcome>(outcome), (await retry.TryAsync(line)).Outcome);
        server.Faults.Clear();
        Assert.Equal(IntakeOutcome.Stored, (await retry.TryAsync(line)).Outcome);
        Assert.Equal((41, 0), (await mailbox.MessagesAsync(), await mailbox.Store.AskAsync<long>("select count(*) from message where is_unparsable")));
    }

    [Fact]
    public async Task A_server_that_gives_nothing_at_all_is_a_problem_of_the_server_and_fills_no_ledger()
    {
        await using var server = new BadServer();
        Fill(server, 1, 40);
        foreach (var uid in server.Mails.Keys) server.Faults[uid] = Fault.Refuse;
        await using var mailbox = await MailboxAsync(server);
        await mailbox.WorkAsync();
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()) is { Status: "unhealthy" } health && health.Detail.Contains("from disk", StringComparison.Ordinal), "it is unhealthy and says why");
        Assert.Equal(0, await mailbox.MessagesAsync());

        server.Faults.Clear();
        await mailbox.UntilStoredAsync(40);
        await mailbox.AssertEachOnceAsync(40);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_unhealthy_and_read_again_when_it_answers()
    {
        await using var server = new BadServer();
        Fill(server, 1, 3);
        await using var mailbox = await MailboxAsync(server);
        await mailbox.WorkAsync("--Intake:ServerPatience=00:00:01");
        await mailbox.UntilStoredAsync(3);

        server.IsSilent = true;
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "unhealthy", "silence is unhealthy");
        var (health, reading) = (await mailbox.HealthAsync(), await mailbox.ReadingAsync());
        Assert.Contains("failures in a row, last heard at", health.Detail, StringComparison.Ordinal);
        Assert.True(reading.Failures > 0, reading.ToString());

        server.IsSilent = false;
        Fill(server, 4, 1);
        await mailbox.UntilStoredAsync(4);
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "healthy", "it is healthy again");
    }

    [Fact]
    public async Task A_server_that_never_answered_is_unhealthy_from_the_first_failure_and_never_called_connected()
    {
        await using var server = new BadServer { IsSilent = true };
        await using var mailbox = await MailboxAsync(server);
        Assert.Contains("No worker reads it", (await mailbox.HealthAsync()).Detail, StringComparison.Ordinal);
        await mailbox.WorkAsync("--Intake:ServerPatience=00:00:01");
        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Detail.Contains("never reached", StringComparison.Ordinal), "it says that it was never reached");
        Assert.Equal(("unhealthy", null), ((await mailbox.HealthAsync()).Status, (await mailbox.ReadingAsync()).ConnectedAt));
    }
}
