using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Mailboxes.Remote;
using EmailOps.Core.Work;
using EmailOps.Tests.Delivery;
using EmailOps.Tests.Gmail.StandIn;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Gmail;

/// <summary>Replies leave by Gmail's API at most once, whatever becomes of the answer.</summary>
public sealed class GmailSendingTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task A_reply_leaves_once_in_its_thread_is_looked_for_when_the_answer_is_lost_and_waits_while_it_certainly_did_not_leave()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var gmail = await StandInGmail.StartAsync("any@stand-in.example");
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { Provider = MailboxProvider.Gmail, Imap = null, Smtp = null }, [.. gmail.Settings, ("Delivery:LookFor", "00:00:01"), ("Providers:Breaker:Failures", "1000")]);
        await outbox.Store.Get<GrantStore>().SaveAsync(outbox.Mailbox, MailboxProvider.Gmail, outbox.User.Address, "", new(("x"), TimeSpan.FromHours(1), gmail.Google.RefreshToken, null, null), "test", CancellationToken.None);
        var sent = () => gmail.Account.Sent;
        Func<string, bool> sends = r => r.Contains("/messages/send", StringComparison.Ordinal);

        // In the provider's thread, where the message answered came from there.
        var first = await outbox.AnswerAsync(isAutomatic: false);
        var asked = gmail.Account.Deliver(MailText.Of());
        var folder = await outbox.Store.AskAsync<long>($"insert into mailbox_folder (mailbox_id, name, provider, uid_validity) values ({outbox.Mailbox}, 'INBOX', 'Gmail', 1) returning id");
        await outbox.Store.ExecuteAsync($"insert into server_message (folder_id, uid_validity, uid, entry_id, server_id, server_thread, message_id) values ({folder}, 1, 1, 0, '{asked.Id}', '{asked.ThreadId}', {first})");
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Sent", await outbox.StateAsync(first));
        Assert.Equal(asked.ThreadId, Assert.Single(sent()).ThreadId);
        Assert.Equal(await outbox.Store.AskAsync<string>("select internet_message_id from outbound_message"), sent()[0].Header("Message-ID")!.Trim('<', '>'));
        Assert.False(await outbox.Store.AskAsync<bool>("select copy_due from outbound_message"));

        // A thread that is gone: certainly refused, so it is sent without.
        gmail.Account.Delete(asked.Id);
        gmail.Account.Delete(sent()[0].Id);
        var second = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.Store.ExecuteAsync($"update server_message set message_id = {second}");
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Sent", await outbox.StateAsync(second));
        Assert.Single(sent());

        // Taken, and the answer lost: looked for, found, not sent again. Google gave it another Message-ID.
        gmail.Account.ReplacesMessageIds = true;
        gmail.Fault = r => sends(r) ? StandInGmail.LoseAnswer : null;
        var third = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal(2, sent().Count);
        gmail.Fault = null;
        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Sending);
        Assert.Equal("Sent", await outbox.StateAsync(third));
        Assert.Equal(2, sent().Count);
        Assert.Contains("CA", sent()[1].Header("Message-ID"), StringComparison.Ordinal);

        // A fault of Google's says nothing about whether it left: looked for, not there, a person decides.
        gmail.Fault = r => sends(r) ? StandInGmail.Say(StandInAnswer.Backend) : null;
        var fourth = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        gmail.Fault = null;
        await Wait.UntilAsync(async () =>
        {
            await outbox.DueAsync();
            await outbox.RunAsync(Stage.Sending);
            return await outbox.StateAsync(fourth) == "Unknown";
        }, "nobody knows");
        Assert.Equal(2, sent().Count);

        // Limited: certainly not taken. It waits, and leaves later by itself.
        gmail.Fault = r => sends(r) ? StandInGmail.Say(StandInAnswer.TooMany(1)) : null;
        var fifth = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Queued", await outbox.StateAsync(fifth));
        Assert.Contains("tried again by itself", await outbox.DetailAsync(fifth), StringComparison.Ordinal);
        gmail.Fault = null;
        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Sending);
        Assert.Equal(("Sent", 3), (await outbox.StateAsync(fifth), sent().Count));

        // Too large for JSON: uploaded.
        var sixth = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.Store.ExecuteAsync($"update draft set body = repeat('It is on its way. ', 80000) where message_id = {sixth}");
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Sent", await outbox.StateAsync(sixth));
        Assert.True(gmail.Count("/upload/gmail/v1/users/me/messages/send?uploadType=multipart") == 1 && sent()[3].Raw.Length > 1 << 20);

        // A breaker that a person holds open: the other way is taken, where there is one.
        var seventh = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.Store.Get<ProviderBreakers>().ForceAsync(MailboxProvider.Gmail, BreakerForce.Open, "Olga", "test", CancellationToken.None);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Queued", await outbox.StateAsync(seventh));
        Assert.Contains("held open by Olga", await outbox.DetailAsync(seventh), StringComparison.Ordinal);
        var mailboxes = outbox.Store.Get<MailboxStore>();
        var setup = (await mailboxes.FindAsync(outbox.Mailbox, CancellationToken.None))!;
        var both = setup.Settings with { Fallback = MailboxProvider.Imap, Imap = new MailServerSettings(Benchmarks.MailServers.MailServerPair.Host, servers.ImapPort, MailSecurity.None), Smtp = new MailServerSettings(Benchmarks.MailServers.MailServerPair.Host, servers.PlainPort, MailSecurity.None) };
        Assert.Equal(WriteOutcome.Done, (await mailboxes.SaveAsync(outbox.Mailbox, setup.Version, "Olga", new SaveMailbox(outbox.User.Address, "", both, outbox.User.Password), CancellationToken.None)).Outcome);
        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Sending);
        Assert.Equal("Sent", await outbox.StateAsync(seventh));
        Assert.Equal((4, 1), (sent().Count, outbox.Received.Count));
    }
}
