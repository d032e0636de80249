using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Delivery;
using EmailOps.Core.Work;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Delivery;

/// <summary>A worker that ended between two commits, seen at the store: what the row says, what the servers have, and what becomes of both.</summary>
public sealed class CrashTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    /// <summary>The row is in Sending, its worker is gone; the lease of row and item have run out.</summary>
    private static async Task<Departure> CrashAsync(OutboxUnderTest outbox, bool wasSent)
    {
        await outbox.RunAsync(Stage.Delivery);
        var item = Assert.Single(await outbox.Store.Get<WorkQueue>().ClaimAsync(Stage.Sending, CancellationToken.None));
        var turn = await outbox.Store.Get<OutboxStore>().BeginAsync(item, Guid.NewGuid(), CancellationToken.None);
        Assert.Equal(TurnKind.Send, turn.Kind);
        if (wasSent) await outbox.Servers.Delivery.SaveAsync(outbox.User, turn.Reply!.Raw, "Sent");
        await outbox.AssertNothingIsStuckAsync();
        await outbox.Store.ExecuteAsync("update work_item set available_at = now()"); // the item's lease
        return turn.Reply!;
    }

    [Fact]
    public async Task While_its_worker_lives_nobody_touches_it()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, settings: ("Delivery:Lease", "00:10:00"));
        var message = await outbox.AnswerAsync(isAutomatic: false);
        var reply = await CrashAsync(outbox, wasSent: false);

        await outbox.RunAsync(Stage.Sending);
        Assert.Equal("Sending", await outbox.StateAsync(message));
        Assert.Empty(outbox.Received);

        // It was only slow: its answer counts.
        Assert.True(await outbox.Store.Get<OutboxResults>().SaveAsync(reply, new SendOutcome(SendResult.Accepted, "250 2.0.0 queued", ""), CancellationToken.None));
        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage = 5"));
    }

    [Fact]
    public async Task Found_in_the_Sent_folder_it_counts_as_sent()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { SaveSent = false });
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await CrashAsync(outbox, wasSent: true);

        await outbox.DueAsync();
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Empty(outbox.Received); // the first worker gave it to nobody but the folder: nothing was sent by the second
        Assert.Equal(1, await outbox.CopiesAsync());
    }

    [Fact]
    public async Task Not_found_a_person_is_asked_and_it_is_never_sent_by_itself()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync();
        await CrashAsync(outbox, wasSent: false);

        for (var i = 0; i < 3; i++)
        {
            await outbox.DueAsync();
            await outbox.RunAsync();
            await outbox.Store.Get<OutboxSweep>().MendAsync(CancellationToken.None);
        }

        Assert.Equal("Unknown", await outbox.StateAsync(message));
        Assert.Contains("not in the Sent folder", await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Empty(outbox.Received);
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage >= 3"));
    }

    [Fact]
    public async Task A_provider_that_saves_by_itself_gets_a_moment_to_do_so()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { SaveSent = false });
        var message = await outbox.AnswerAsync(isAutomatic: false);
        var reply = await CrashAsync(outbox, wasSent: false);

        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Equal("Sending", await outbox.StateAsync(message));
        await outbox.AssertNothingIsStuckAsync();
        await servers.Delivery.SaveAsync(outbox.User, reply.Raw, "Sent");
        await outbox.DueAsync();
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
    }

    [Fact]
    public async Task A_Sent_folder_that_cannot_be_looked_at_is_waited_for_a_while_and_then_a_person_is_asked()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { Imap = new MailServerSettings(MailServerPair.Host, 9, MailSecurity.None) });
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await CrashAsync(outbox, wasSent: false);

        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Sending);
        Assert.Equal("Sending", await outbox.StateAsync(message));
        await outbox.Store.ExecuteAsync("update outbound_message set sending_at = now() - interval '1 hour', owner_until = null; update work_item set available_at = now()");
        await outbox.RunAsync(Stage.Sending);

        Assert.Equal("Unknown", await outbox.StateAsync(message));
        Assert.Contains("could not be looked at", await outbox.DetailAsync(message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_settles_it_either_way(bool arrived)
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(isAutomatic: false);
        var reply = await CrashAsync(outbox, wasSent: false);
        await outbox.DueAsync();
        await outbox.RunAsync();
        var people = outbox.Store.Get<OutboxPeople>();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => people.SettleAsync(reply.Id, arrived, "Olga", CancellationToken.None)));
        Assert.Single(answers, WriteOutcome.Done);
        await outbox.AssertNothingIsStuckAsync();
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Equal(arrived ? 0 : 1, outbox.Received.Count);
        if (!arrived) Assert.Equal(reply.Raw, outbox.Received[0].Raw);
        Assert.Equal(1, await outbox.CopiesAsync());
    }

    [Fact]
    public async Task An_answer_that_comes_after_it_was_called_unknown_still_counts_but_not_for_a_newer_attempt()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(isAutomatic: false);
        var reply = await CrashAsync(outbox, wasSent: false);
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Equal("Unknown", await outbox.StateAsync(message));
        var results = outbox.Store.Get<OutboxResults>();

        Assert.False(await results.SaveAsync(reply with { Attempt = 7 }, new SendOutcome(SendResult.Refused, "550 no", "no"), CancellationToken.None));
        Assert.Equal(WriteOutcome.Done, await outbox.Store.Get<OutboxPeople>().SettleAsync(reply.Id, false, "Olga", CancellationToken.None));
        // The slow worker hears that it was taken, before anybody sent it again.
        Assert.True(await results.SaveAsync(reply, new SendOutcome(SendResult.Accepted, "250 ok", ""), CancellationToken.None));
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Empty(outbox.Received);
    }

    [Fact]
    public async Task The_copy_is_made_later_when_the_server_is_away_and_once_however_often_it_is_tried()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { SentFolder = "Answers" });
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.Store.ExecuteAsync("update mailbox set settings = jsonb_set(settings, '{imap,port}', '9')");

        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(message));
        await outbox.AssertNothingIsStuckAsync();
        Assert.Equal(1, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage = 6"));
        await outbox.Store.ExecuteAsync($"update mailbox set settings = jsonb_set(settings, '{{imap,port}}', '{servers.ImapPort}')");
        for (var i = 0; i < 2; i++)
        {
            await outbox.DueAsync();
            await outbox.RunAsync();
            // A worker that ended after the copy and before it was written down.
            await outbox.Store.ExecuteAsync("update outbound_message set appended_at = null");
            await outbox.Store.Get<OutboxSweep>().MendAsync(CancellationToken.None);
        }
        await outbox.RunAsync();

        Assert.Equal(1, await outbox.CopiesAsync("Answers"));
        Assert.Equal("Sent", await outbox.StateAsync(message));
    }

    [Fact]
    public async Task Workers_side_by_side_send_each_reply_once()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        for (var i = 0; i < 30; i++) await outbox.AnswerAsync($"c{i}@customer.example", isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery);
        // Every row has three items, as after retries and sweeps that crossed each other.
        await outbox.Store.ExecuteAsync("insert into work_item (stage, subject_id, mailbox_id, priority) select stage, subject_id, mailbox_id, priority from work_item, generate_series(1, 2) where stage = 5");

        var queue = new WorkQueue(outbox.Store.Source, new WorkOptions { BatchSize = 7 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var stage = outbox.StageOf(Stage.Sending);
            while (await queue.ClaimAsync(Stage.Sending, CancellationToken.None) is { Count: > 0 } items) await stage.RunAsync(items, CancellationToken.None);
        }));
        await outbox.DueAsync();
        await outbox.RunAsync();

        Assert.Equal(30, outbox.Received.Count);
        Assert.Equal(30, outbox.Received.Select(m => m.Header("Message-ID")).Distinct().Count());
        Assert.Equal(30, await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state = 'Sent'"));
    }
}
