using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.Postgres;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.Gmail;

public sealed class GmailReadingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static string Numbered(int number) => GmailInstallation.Numbered(number);

    [Fact]
    public async Task All_that_lies_there_is_read_page_by_page_then_what_comes_by_history_and_a_lost_history_id_costs_nothing()
    {
        await using var mailbox = await GmailInstallation.CreateAsync(postgres, new MailboxSettings { PollSeconds = 3600, AfterStored = AfterStored.MarkSeen });
        mailbox.Gmail.Api.PageSize = 7;
        for (var i = 0; i < 60; i++) mailbox.Gmail.Account.Deliver(Numbered(i));
        mailbox.Gmail.Account.Deliver(Numbered(900), "SPAM");
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(60);
        await mailbox.UntilStateAsync(LoopState.Watching);
        await mailbox.AssertEachOnceAsync(60);
        Assert.True(mailbox.Gmail.Count("pageToken=") > 0);

        // What comes, what is moved here by a filter or a person, and what is gone before we look.
        for (var i = 60; i < 75; i++) mailbox.Gmail.Account.Deliver(Numbered(i));
        var moved = mailbox.Gmail.Account.Deliver(Numbered(75), "SPAM");
        mailbox.Gmail.Account.Modify([moved.Id], ["INBOX"], ["SPAM"]);
        mailbox.Gmail.Account.Delete(mailbox.Gmail.Account.Deliver(Numbered(901)).Id);
        var listed = mailbox.Gmail.Count("GET /gmail/v1/users/me/messages?");
        await mailbox.WakeAsync();
        await mailbox.UntilStoredAsync(76);
        await mailbox.UntilStateAsync(LoopState.Watching);
        Assert.True(mailbox.Gmail.Count("/history?startHistoryId=") > 1);
        Assert.Equal(listed, mailbox.Gmail.Count("GET /gmail/v1/users/me/messages?"));

        // Google forgets history ids after a while: the label is listed whole, and what is known is recognised.
        var fetched = mailbox.Gmail.Count("format=raw");
        mailbox.Gmail.Account.Deliver(Numbered(76));
        mailbox.Gmail.Account.OldestHistory = mailbox.Gmail.Account.HistoryId + 1;
        await mailbox.WakeAsync();
        await mailbox.UntilStoredAsync(77);
        await mailbox.UntilAsync(async () => (await mailbox.ReadingAsync()).Folders[0].Note is not null, "the folder says so");
        Assert.Equal(fetched + 1, mailbox.Gmail.Count("format=raw"));
        await mailbox.AssertEachOnceAsync(77);
        Assert.Contains("no longer knew how far", (await mailbox.ReadingAsync()).Folders[0].Note, StringComparison.Ordinal);

        // Marked at the provider, after it was stored.
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select bool_and(handled_at is not null) from server_message"), "all are marked");
        Assert.DoesNotContain(mailbox.Gmail.Account.Messages, m => m.Labels.Contains("INBOX") && m.Labels.Contains("UNREAD"));

        // A line that is lost is found again by comparing; what is on the server and in the ledger is no gap.
        mailbox.Gmail.Account.OldestHistory = 0;
        await mailbox.Store.ExecuteAsync("delete from server_message where server_id in (select server_id from server_message order by uid limit 3)");
        var found = await mailbox.ReconcileAsync();
        Assert.Equal((77L, 74L, 3L, 3L, null), (found.OnServer, found.Known, found.Missing, found.Backfilled, found.Problem));
        Assert.Equal(77, await mailbox.MessagesAsync());
        Assert.Equal("healthy", (await mailbox.HealthAsync()).Status);
    }

    [Fact]
    public async Task What_Google_does_wrong_costs_time_and_loses_nothing()
    {
        await using var mailbox = await GmailInstallation.CreateAsync(postgres);
        var gmail = mailbox.Gmail;
        for (var i = 0; i < 40; i++) gmail.Account.Deliver(Numbered(i));
        var bad = gmail.Account.Messages[11].Id;
        Queue<Func<HttpContext, Func<Task>, Task>> lists = new([StandInGmail.Break, StandInGmail.Say(StandInAnswer.Backend), (c, _) => c.Response.WriteAsync("<html>Please sign in to this network")]);
        Queue<Func<HttpContext, Func<Task>, Task>> batches = new([StandInGmail.Break, StandInGmail.LoseAnswer, StandInGmail.Say(StandInAnswer.UserLimit)]);
        gmail.Fault = request => (request.Contains("/messages?", StringComparison.Ordinal) ? lists : request.Contains("/batch/", StringComparison.Ordinal) ? batches : null)?.TryDequeue(out var fault) == true ? fault : null;
        // One mail that Google never hands out, and half of the first large batch limited.
        gmail.PartFault = (request, place) => request.Contains(bad, StringComparison.Ordinal) ? StandInAnswer.Backend : gmail.Batches.Count < 6 && place >= 8 ? StandInAnswer.TooMany() : null;
        await mailbox.WorkAsync("--Providers:Breaker:Failures=1000", "--Gmail:BatchSize=20");
        await mailbox.UntilAsync(async () => await mailbox.Store.AskAsync<long>("select count(*) from server_message") == 40, "every mail has its line");
        await mailbox.UntilStateAsync(LoopState.Watching);

        Assert.Equal(39, await mailbox.Store.AskAsync<long>("select count(*) from message where not is_unparsable"));
        Assert.Contains("fault of its own", await mailbox.Store.AskAsync<string>("select reason from intake_entry where outcome <> 'Stored'"), StringComparison.Ordinal);
        Assert.True(await mailbox.Store.AskAsync<bool>($"select is_missing from server_message where server_id = '{bad}'"));
        Assert.Empty(lists.Concat(batches));
        Assert.Equal(20, gmail.Batches.Max());
        Assert.True(gmail.Batches.Min() <= 10);

        // Its header is shown meanwhile; once Google has mended it, whoever asks for it again gets it.
        gmail.PartFault = null;
        Assert.Equal("Question 11", await mailbox.Store.AskAsync<string>("select subject from message where is_unparsable"));
        Assert.True(await mailbox.Store.Get<FolderStore>().WantAsync(mailbox.Id, await mailbox.Store.AskAsync<long>("select entry_id from server_message where is_missing"), CancellationToken.None));
        await mailbox.UntilAsync(() => mailbox.Store.AskAsync<bool>("select not bool_or(is_missing) from server_message"), "it was fetched again");
        Assert.Equal(40, await mailbox.Store.AskAsync<long>("select count(*) from message where not is_unparsable"));
    }

    [Fact]
    public async Task A_consent_that_was_taken_back_is_said_at_once_and_reading_goes_on_when_somebody_signs_in_again()
    {
        await using var mailbox = await GmailInstallation.CreateAsync(postgres, new MailboxSettings { PollSeconds = 5 });
        mailbox.Gmail.Account.Deliver(Numbered(0));
        await mailbox.WorkAsync();
        await mailbox.UntilStoredAsync(1);
        mailbox.Gmail.Account.Deliver(Numbered(1));
        mailbox.Gmail.Google.IsRevoked = true;
        mailbox.Gmail.Google.ForgetTokens();
        await mailbox.WakeAsync();

        await mailbox.UntilAsync(async () => (await mailbox.HealthAsync()).Status == "unhealthy" || (await mailbox.HealthAsync()).Detail!.Contains("no longer accepts", StringComparison.Ordinal), "it is said");
        var detail = (await mailbox.HealthAsync()).Detail!;
        Assert.Contains("invalid_grant: Token has been expired or revoked.", detail, StringComparison.Ordinal);
        Assert.Contains("emailops provider login gmail support@shop.example", detail, StringComparison.Ordinal);
        Assert.NotNull((await mailbox.Store.Get<GrantStore>().FindAsync(mailbox.Id, CancellationToken.None))!.FailedAt);
        Assert.Equal(1, await mailbox.Store.AskAsync<long>("select count(*) from audit_entry where action = 'mailbox.grant.refused'"));
        // Asked once, not again and again: only a person can mend it.
        var asked = mailbox.Gmail.Google.Refreshes;
        await mailbox.WakeAsync();
        await mailbox.UntilStateAsync(LoopState.BackingOff);
        Assert.Equal(asked, mailbox.Gmail.Google.Refreshes);

        mailbox.Gmail.Google.IsRevoked = false;
        await mailbox.GrantAsync();
        await mailbox.UntilStoredAsync(2);
        await mailbox.AssertEachOnceAsync(2);
    }
}
