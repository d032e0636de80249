using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Delivery;

/// <summary>What did not arrive goes back to a person, tied to the reply by our own signature.</summary>
public sealed class BounceTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static async Task<string> ReportAsync(OutboxUnderTest outbox, string action, string status) => $"""
        Return-Path: <>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        Your message could not be delivered.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.customer.example

        Final-Recipient: rfc822; ada@customer.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} <ada@customer.example> is not here

        --b
        Content-Type: text/rfc822-headers

        To: ada@customer.example
        Message-ID: <{await outbox.Store.AskAsync<string>("select internet_message_id from outbound_message")}>

        --b--

        """.ReplaceLineEndings("\r\n");

    private static async Task<(OutboxUnderTest Outbox, long Message)> SentAsync(PostgresFixture postgres, Benchmarks.MailServers.MailServerPair servers)
    {
        var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync();
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(message));
        return (outbox, message);
    }

    [Theory]
    [InlineData("5.1.1")]
    [InlineData("4.2.2")]
    public async Task A_report_of_failure_reopens_the_message_once_and_says_why(string status)
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await SentAsync(postgres, servers);
        await using var _ = outbox;
        var report = await outbox.StoreRawAsync("MAILER-DAEMON@mx.customer.example", await ReportAsync(outbox, "failed", status));
        await outbox.StoreRawAsync("MAILER-DAEMON@mx.customer.example", await ReportAsync(outbox, "failed", status));

        await outbox.RunAsync();

        Assert.Equal("Bounced", await outbox.StateAsync(message));
        Assert.Contains("is not here", await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Equal(status, await outbox.Store.AskAsync<string>("select bounce_status from outbound_message"));
        Assert.Equal(report, await outbox.Store.AskAsync<long>("select bounce_message_id from outbound_message"));
        Assert.Equal("HoldForReview", await outbox.Store.AskAsync<string>($"select kind from decision where message_id = {message}"));
        Assert.Contains("did not arrive", await outbox.Store.AskAsync<string>($"select reasons ->> 0 from decision where message_id = {message}"), StringComparison.Ordinal);
        Assert.Equal(1, await outbox.Store.AskAsync<long>("select count(*) from audit_entry where action = 'outbound.bounce'"));
        Assert.Equal(0, await outbox.Store.AskAsync<long>($"select count(*) from work_item where stage = {(int)Stage.Bounce}"));
        await outbox.AssertNothingIsStuckAsync();
    }

    [Fact]
    public async Task A_report_of_a_delay_is_a_note_and_no_more()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await SentAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.StoreRawAsync("MAILER-DAEMON@mx.customer.example", await ReportAsync(outbox, "delayed", "4.4.1"));

        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Contains("goes on trying", await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Equal("SendReply", await outbox.Store.AskAsync<string>($"select kind from decision where message_id = {message}"));
    }

    [Fact]
    public async Task An_out_of_office_note_after_the_answer_reopens_nothing()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await SentAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.StoreAsync(extra: "Auto-Submitted: auto-replied\r\n", references: $"<{await outbox.Store.AskAsync<string>("select internet_message_id from outbound_message")}>", body: "I am away until Monday.");

        await outbox.RunAsync();
        await outbox.Store.Get<OutboxSweep>().RecallAsync(CancellationToken.None);

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Equal("SendReply", await outbox.Store.AskAsync<string>($"select kind from decision where message_id = {message}"));
    }

    [Fact]
    public async Task A_report_that_is_faster_than_our_own_note_of_sending_waits_for_it()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await SentAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.StoreRawAsync("MAILER-DAEMON@mx.customer.example", await ReportAsync(outbox, "failed", "5.1.1"));
        await outbox.Store.ExecuteAsync("update outbound_message set state = 'Sending', owner_until = now() + interval '1 hour'");

        await outbox.RunAsync(Stage.Bounce);
        Assert.Equal("Sending", await outbox.StateAsync(message));
        await outbox.Store.ExecuteAsync("update outbound_message set state = 'Sent', owner_until = null");
        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Bounce);

        Assert.Equal("Bounced", await outbox.StateAsync(message));
    }
}
