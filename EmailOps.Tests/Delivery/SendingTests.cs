using System.Security.Cryptography;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Mail;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Delivery;

/// <summary>Replies on their way to a real submission server: once, with the right words, and told truly how it ended.</summary>
public sealed class SendingTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task An_automatic_answer_arrives_once_says_what_it_is_and_lies_in_the_Sent_folder()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { PlusAddressing = true });
        var message = await outbox.AnswerAsync(extra: "References: <first@customer.example> <second@customer.example>\r\n");

        await outbox.RunAsync();
        await outbox.DueAsync();
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        var sent = Assert.Single(outbox.Received);
        Assert.Equal((outbox.User.Address, "ada@customer.example"), (sent.From, Assert.Single(sent.To)));
        var parsed = MailMessage.Parse(sent.Raw);
        Assert.Equal($"Shop support <{outbox.User.Address}>", Assert.Single(parsed.From).ToString());
        Assert.Equal("ada@customer.example", Assert.Single(parsed.To).Addr);
        Assert.Equal("Re: Where is my parcel", parsed.Subject);
        Assert.Equal([await outbox.Store.AskAsync<string>($"select internet_message_id from message where id = {message}")], parsed.InReplyTo);
        Assert.Equal(["first@customer.example", "second@customer.example", parsed.InReplyTo[0]], parsed.References);
        Assert.Equal(await outbox.Store.AskAsync<string>("select internet_message_id from outbound_message"), parsed.MessageId);
        Assert.StartsWith(outbox.User.Address.Split('@')[0] + "+t", Assert.Single(parsed.ReplyTo).Addr, StringComparison.Ordinal);
        Assert.Equal(("auto-replied", "All"), (parsed.Headers["Auto-Submitted"], parsed.Headers["X-Auto-Response-Suppress"]));
        Assert.Equal("Dear Ada, it is <on> its way.", parsed.TextBody!.Trim());
        Assert.Contains("it is &lt;on&gt; its way", parsed.HtmlBody, StringComparison.Ordinal);
        Assert.Empty(parsed.Defects);
        Assert.Equal(1, await outbox.CopiesAsync());
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage >= 3"));
    }

    [Fact]
    public async Task What_a_person_approved_goes_at_once_and_says_nothing_of_robots()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { HoldSeconds = 3600 });
        var message = await outbox.AnswerAsync(isAutomatic: false, extra: "Reply-To: Ada at home <home@customer.example>, other@elsewhere.example\r\n");

        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        var sent = Assert.Single(outbox.Received);
        Assert.Equal(["home@customer.example"], sent.To);
        var parsed = MailMessage.Parse(sent.Raw);
        Assert.Null(parsed.Headers["Auto-Submitted"]);
        Assert.Null(parsed.Headers["X-Auto-Response-Suppress"]);
        Assert.Empty(parsed.ReplyTo);
    }

    [Theory]
    [InlineData("reject.me@customer.example", "Failed")]
    [InlineData("defer.me@customer.example", "Queued")]
    public async Task A_refusal_ends_it_and_a_not_now_waits_and_both_say_so(string recipient, string state)
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(recipient, isAutomatic: false);

        await outbox.RunAsync(Stage.Delivery, Stage.Sending);

        Assert.Equal(state, await outbox.StateAsync(message));
        Assert.NotEmpty(await outbox.DetailAsync(message));
        Assert.StartsWith(state == "Failed" ? "550" : "451", await outbox.Store.AskAsync<string>("select server_reply from outbound_message"), StringComparison.Ordinal);
        Assert.Empty(outbox.Received);
        await outbox.AssertNothingIsStuckAsync();
    }

    [Fact]
    public async Task A_server_that_says_later_at_the_end_gets_the_same_bytes_again_and_keeps_one()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        servers.Sink.Fail(outbox.User, "end", new SinkFault("452 4.3.1 no room just now", Times: 2));
        var message = await outbox.AnswerAsync(isAutomatic: false);

        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        var raw = await outbox.Store.AskAsync<byte[]>("select raw from outbound_message");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("Queued", await outbox.StateAsync(message));
            await outbox.DueAsync();
            await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        }

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Equal(3, await outbox.Store.AskAsync<short>("select attempts from outbound_message"));
        Assert.Equal(raw, Assert.Single(outbox.Received).Raw);
    }

    [Fact]
    public async Task After_the_time_for_attempts_it_fails_and_a_person_can_have_it_sent_again()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        servers.Sink.Fail(outbox.User, "rcpt", new SinkFault("450 4.2.0 greylisted", Times: 1));
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery);
        await outbox.Store.ExecuteAsync("update outbound_message set give_up_at = now()");

        await outbox.RunAsync(Stage.Sending);
        Assert.Equal("Failed", await outbox.StateAsync(message));
        Assert.StartsWith("Given up after 1 attempt", await outbox.DetailAsync(message), StringComparison.Ordinal);

        Assert.Equal(WriteOutcome.Done, await outbox.Store.Get<OutboxPeople>().SettleAsync(await outbox.RowAsync(message), false, "Olga", CancellationToken.None));
        await outbox.AssertNothingIsStuckAsync();
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Single(outbox.Received);
    }

    [Fact]
    public async Task A_server_that_hangs_up_after_it_took_the_mail_makes_it_unknown_and_it_never_goes_again_by_itself()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        servers.Sink.Fail(outbox.User, "stored", new SinkFault(Close: true, Times: 1));
        var message = await outbox.AnswerAsync(isAutomatic: false);

        await outbox.RunAsync();
        for (var i = 0; i < 3; i++)
        {
            await outbox.DueAsync();
            await outbox.Store.Get<OutboxSweep>().MendAsync(CancellationToken.None);
            await outbox.RunAsync();
        }

        Assert.Equal("Unknown", await outbox.StateAsync(message));
        Assert.Contains("say that it arrived, or send it again", await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Single(outbox.Received);
    }

    [Fact]
    public async Task A_wrong_password_is_tried_once_a_batch_and_everything_waits()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with
        {
            Smtp = new MailServerSettings(MailServerPair.Host, servers.SmtpsPort, MailSecurity.Tls, CertificateSha256: servers.Certificate.GetCertHashString(HashAlgorithmName.SHA256)),
        });
        await outbox.PasswordAsync("not the password");
        for (var i = 0; i < 5; i++) await outbox.AnswerAsync($"c{i}@customer.example", isAutomatic: false);

        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.All(await outbox.Store.ColumnAsync<string>("select concat(state, ': ', detail) from outbound_message"), row => Assert.Matches("^Queued: .*settings", row));

        await outbox.PasswordAsync(outbox.User.Password);
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Equal(5, outbox.Received.Count);
        Assert.Equal(5, await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state = 'Sent'"));
    }

    [Theory]
    [InlineData("Reply-To: \"x\\r\\nBcc: victim@elsewhere.example\" <a b@customer.example>\r\n")]
    [InlineData("Reply-To: victim%elsewhere.example@customer.example\r\n")]
    [InlineData("Reply-To: nobody\r\n")]
    public async Task An_address_that_nobody_can_be_reached_at_is_refused_with_a_reason(string replyTo)
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(isAutomatic: false, extra: replyTo);

        await outbox.RunAsync();

        Assert.Equal("Failed", await outbox.StateAsync(message));
        Assert.StartsWith("Nothing was sent.", await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Empty(outbox.Received);
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage = 5"));
    }

    [Fact]
    public async Task Without_a_transport_it_is_withheld_as_ever()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { Smtp = null });
        var message = await outbox.AnswerAsync();

        await outbox.RunAsync();

        Assert.Equal("Withheld", await outbox.StateAsync(message));
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage >= 3"));
        Assert.Equal(0, await outbox.CopiesAsync());
        Assert.True(await outbox.Store.AskAsync<bool>("select raw is null and not copy_due from outbound_message"));
        Assert.Equal("Approved", await outbox.Store.AskAsync<string>("select state from draft"));
    }
}
