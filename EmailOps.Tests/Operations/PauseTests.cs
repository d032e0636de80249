using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.Delivery;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Operations;

/// <summary>Paused automation before a real submission server.</summary>
public sealed class PauseTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task Automatic_answers_wait_for_the_end_of_a_pause_and_those_of_people_leave()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { AnswersPerHour = 1000 });
        var orders = outbox.Store.Get<StandingOrders>();
        await orders.GiveAsync(OrderKind.Pause, "Olga", null, CancellationToken.None);
        var automatic = await outbox.AnswerAsync("ada@customer.example");
        var person = await outbox.AnswerAsync("bob@customer.example", isAutomatic: false);

        await outbox.RunAsync();
        // A worker that starts anew, and a person's push, change nothing about it.
        await outbox.Store.Get<WorkQueue>().TriggerAsync(null, CancellationToken.None);
        await outbox.DueAsync();
        await outbox.RunAsync();
        var during = (State: await outbox.StateAsync(automatic), Detail: await outbox.DetailAsync(automatic), (await orders.ViewAsync(CancellationToken.None)).HeldAnswers);
        await outbox.Store.ExecuteAsync("update outbound_message set give_up_at = now() - interval '1 day' where state in ('Held', 'Queued')");
        await orders.EndAsync(OrderKind.Pause, "Olga", CancellationToken.None);
        await outbox.RunAsync();

        Assert.Equal(("Queued", "It waits: automatic answers are paused by Olga.", 1L), during);
        Assert.Equal(("Sent", "Sent"), (await outbox.StateAsync(person), await outbox.StateAsync(automatic)));
        Assert.Equal(2, outbox.Received.Count);
        await outbox.AssertNothingIsStuckAsync();
    }

    [Fact]
    public async Task What_came_in_during_a_pause_speaks_against_the_held_answer()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { AnswersPerHour = 1000 });
        var orders = outbox.Store.Get<StandingOrders>();
        await orders.GiveAsync(OrderKind.Pause, "Olga", null, CancellationToken.None);
        var automatic = await outbox.AnswerAsync("ada@customer.example");
        await outbox.RunAsync();

        await outbox.StoreAsync("ada@customer.example", references: $"<m1.{outbox.Mailbox}@customer.example>");
        await orders.EndAsync(OrderKind.Pause, "Olga", CancellationToken.None);
        await outbox.RunAsync();

        Assert.Equal("Cancelled", await outbox.StateAsync(automatic));
        Assert.Empty(outbox.Received);
    }

    [Fact]
    public async Task No_automatic_answer_begins_to_leave_after_a_pause_was_answered()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { AnswersPerHour = 1000 });
        for (var i = 0; i < 30; i++) await outbox.AnswerAsync($"customer{i}@customer.example");
        await outbox.RunAsync(Stage.Delivery);
        await outbox.DueAsync();

        var sending = outbox.RunAsync(Stage.Sending);
        await Wait.UntilAsync(() => outbox.Store.AskAsync<bool>("select exists (select from outbound_message where state in ('Sending', 'Sent'))"), "the first answer leaves");
        await outbox.Store.Get<StandingOrders>().GiveAsync(OrderKind.Pause, "Olga", null, CancellationToken.None);
        var atPause = await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state in ('Sending', 'Sent')");
        await sending;

        Assert.Equal(atPause, await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state = 'Sent'"));
        Assert.Equal(30 - atPause, await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state in ('Held', 'Queued')"));
    }
}
