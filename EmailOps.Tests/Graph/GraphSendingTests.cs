using EmailOps.Core.Contracts;
using EmailOps.Core.Work;
using EmailOps.Tests.Delivery;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Graph;

/// <summary>Replies that leave by Graph: at most once, and what is not certain is looked up.</summary>
public sealed class GraphSendingTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task A_reply_leaves_at_most_once_whatever_becomes_of_the_answer()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var graph = await StandInGraph.StartAsync();
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => new MailboxSettings { Provider = MailboxProvider.Graph, HoldSeconds = 0 }, [("Delivery:LookFor", "00:00:00.1"), .. graph.Settings]);
        var user = graph.AddUser(outbox.User.Address);

        // As it is: the same bytes, our Message-ID, in the thread of what it answers.
        var sent = await outbox.AnswerAsync("ada@customer.example", isAutomatic: false);
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(sent));
        var copy = Assert.Single(user.In("sentitems"));
        Assert.Equal(await outbox.Store.AskAsync<byte[]>("select raw from outbound_message"), copy.Raw);
        Assert.Equal($"<{await outbox.Store.AskAsync<string>("select internet_message_id from outbound_message")}>", copy.InternetMessageId);
        Assert.Equal($"<{await outbox.Store.AskAsync<string>($"select internet_message_id from message where id = {sent}")}>", copy.Header("In-Reply-To"));

        // Taken, and the answer lost: it is found among what was sent.
        graph.Misbehave(StandInFault.LoseAnswer("sendMail"));
        var lost = await outbox.AnswerAsync("lost@customer.example", isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(lost));
        Assert.Contains("found in the Sent folder", await outbox.DetailAsync(lost), StringComparison.Ordinal);
        Assert.Equal(2, user.In("sentitems").Count);

        // Broken before it was taken: nobody knows, it is not there, and a person decides. Never again by itself.
        graph.Misbehave(StandInFault.Break("sendMail"));
        var unknown = await outbox.AnswerAsync("unknown@customer.example", isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        await Store.Wait.UntilAsync(async () =>
        {
            await outbox.DueAsync();
            await outbox.RunAsync();
            return await outbox.StateAsync(unknown) == "Unknown";
        }, "a person is asked");
        Assert.Equal(2, user.In("sentitems").Count);

        // Throttled and not yet allowed are later; what Graph will never take is refused with its words.
        graph.Misbehave(StandInFault.Throttle("sendMail", 1));
        var later = await outbox.AnswerAsync("later@customer.example", isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery, Stage.Sending);
        Assert.Equal("Queued", await outbox.StateAsync(later));
        graph.Login.Roles = ["Mail.Read"];
        graph.Login.RevokeAccess();
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Contains("lacks Mail.Send (application permission)", await outbox.DetailAsync(later), StringComparison.Ordinal);
        graph.Login.Roles = ["Mail.Send", "Mail.Read"];
        graph.Login.RevokeAccess();
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(later));
        graph.Misbehave(StandInFault.Status("sendMail", 400, "ErrorInvalidRecipients", "At least one recipient isn't valid."));
        var refused = await outbox.AnswerAsync("refused@customer.example", isAutomatic: false);
        await outbox.RunAsync();
        Assert.Equal("Failed", await outbox.StateAsync(refused));
        Assert.Contains("isn't valid", await outbox.DetailAsync(refused), StringComparison.Ordinal);
        Assert.Equal(3, user.In("sentitems").Count);
        await outbox.AssertNothingIsStuckAsync();
    }
}
