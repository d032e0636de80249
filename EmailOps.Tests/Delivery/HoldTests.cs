using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Delivery;

/// <summary>Automatic answers wait, visibly, and take themselves back when something happens that they must not ignore.</summary>
public sealed class HoldTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    private static async Task<(OutboxUnderTest Outbox, long Message)> HeldAsync(PostgresFixture postgres, Benchmarks.MailServers.MailServerPair servers)
    {
        var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { HoldSeconds = 120 });
        var message = await outbox.AnswerAsync();
        await outbox.RunAsync();
        Assert.Equal("Held", await outbox.StateAsync(message));
        Assert.InRange(await outbox.Store.AskAsync<double>("select extract(epoch from hold_until - now())::float8 from outbound_message"), 60, 120);
        return (outbox, message);
    }

    private static async Task AssertHandedBackAsync(OutboxUnderTest outbox, long message, DecisionKind kind, string reason)
    {
        Assert.Equal("Cancelled", await outbox.StateAsync(message));
        Assert.Contains(reason, await outbox.DetailAsync(message), StringComparison.Ordinal);
        Assert.Equal("Proposed", await outbox.Store.AskAsync<string>($"select state from draft where message_id = {message}"));
        Assert.Equal(kind.ToString(), await outbox.Store.AskAsync<string>($"select kind from decision where message_id = {message}"));
        Assert.Contains(reason, await outbox.Store.AskAsync<string>($"select reasons ->> 0 from decision where message_id = {message}"), StringComparison.Ordinal);
        Assert.Equal(1, await outbox.Store.AskAsync<long>($"select count(*) from audit_entry where action = 'outbound.cancel' and subject_id = {message}"));
        await outbox.DueAsync();
        await outbox.RunAsync();
        Assert.Empty(outbox.Received);
        Assert.Equal(0, await outbox.Store.AskAsync<long>("select count(*) from work_item where stage in (3, 5)"));
    }

    private static Task RecallAsync(OutboxUnderTest outbox, bool atTheLastMoment)
        => atTheLastMoment ? LeaveAsync(outbox) : outbox.Store.Get<OutboxSweep>().RecallAsync(CancellationToken.None);

    private static async Task LeaveAsync(OutboxUnderTest outbox)
    {
        await outbox.DueAsync();
        await outbox.RunAsync(Stage.Sending);
    }

    [Fact]
    public async Task It_leaves_when_its_time_has_come_and_not_before()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.Store.ExecuteAsync("update work_item set available_at = now()"); // an item that is early changes nothing

        await outbox.RunAsync();
        Assert.Equal("Held", await outbox.StateAsync(message));
        Assert.Empty(outbox.Received);
        await outbox.AssertNothingIsStuckAsync();

        await LeaveAsync(outbox);
        Assert.Equal("Sent", await outbox.StateAsync(message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_message_in_the_thread_takes_it_back(bool atTheLastMoment)
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.StoreAsync(references: $"<{await outbox.Store.AskAsync<string>("select internet_message_id from message")}>");

        await RecallAsync(outbox, atTheLastMoment);

        await AssertHandedBackAsync(outbox, message, DecisionKind.HoldForReview, "a new message came into the thread");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_operator_at_work_on_the_thread_takes_it_back(bool atTheLastMoment)
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.Store.ExecuteAsync($"insert into audit_entry (at, actor, action, subject_kind, subject_id, detail) values (now(), 'Olga', 'message.category', 'message', {message}, 'Corrected.')");

        await RecallAsync(outbox, atTheLastMoment);

        await AssertHandedBackAsync(outbox, message, DecisionKind.Suggest, "Olga was at work");
    }

    [Fact]
    public async Task An_out_of_office_note_of_the_correspondent_takes_it_back_wherever_it_lands()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.StoreAsync(extra: "Auto-Submitted: auto-replied\r\n", body: "I am away until Monday.");

        await RecallAsync(outbox, false);

        await AssertHandedBackAsync(outbox, message, DecisionKind.HoldForReview, "out of office");
    }

    [Fact]
    public async Task A_paused_policy_takes_it_back()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.Store.ExecuteAsync($"insert into mailbox_policy values ({outbox.Mailbox}, '{{\"automationPaused\": true}}', 1)");

        await RecallAsync(outbox, false);

        await AssertHandedBackAsync(outbox, message, DecisionKind.Suggest, "paused");
    }

    [Fact]
    public async Task A_brake_takes_it_back()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        await outbox.Store.ExecuteAsync($"insert into automation_brake (mailbox_id, correspondent, reason, tripped_at) values ({outbox.Mailbox}, 'ada@customer.example', 'Too many.', now())");

        await RecallAsync(outbox, false);

        await AssertHandedBackAsync(outbox, message, DecisionKind.HoldForReview, "Too many.");
    }

    [Fact]
    public async Task What_a_person_approved_is_never_taken_back_by_itself()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Stage.Delivery);
        await outbox.StoreAsync(references: $"<{await outbox.Store.AskAsync<string>("select internet_message_id from message")}>");

        Assert.Equal(0, await outbox.Store.Get<OutboxSweep>().RecallAsync(CancellationToken.None));
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
    }

    [Fact]
    public async Task Undo_takes_it_back_and_the_draft_can_be_approved_again_and_then_goes()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;
        var people = outbox.Store.Get<OutboxPeople>();
        var row = await outbox.RowAsync(message);

        Assert.Equal(WriteOutcome.Done, await people.CancelAsync(row, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.WrongState, await people.CancelAsync(row, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.WrongState, await people.SendNowAsync(row, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.NotFound, await people.CancelAsync(row + 1000, "Olga", CancellationToken.None));
        await AssertHandedBackAsync(outbox, message, DecisionKind.Suggest, "Taken back by Olga");

        var draft = await outbox.Store.AskAsync<long>("select id from draft");
        Assert.Equal(WriteOutcome.Done, await outbox.Store.Get<DraftStore>().ApproveAsync(draft, await outbox.Store.AskAsync<int>("select version from draft"), "Olga", "Better words.", CancellationToken.None));
        await outbox.RunAsync();
        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Contains("Better words.", System.Text.Encoding.UTF8.GetString(Assert.Single(outbox.Received).Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_now_ends_the_wait()
    {
        if (!mail.TryGet(out var servers)) return;
        var (outbox, message) = await HeldAsync(postgres, servers);
        await using var _ = outbox;

        Assert.Equal(WriteOutcome.Done, await outbox.Store.Get<OutboxPeople>().SendNowAsync(await outbox.RowAsync(message), "Olga", CancellationToken.None));
        await outbox.RunAsync();

        Assert.Equal("Sent", await outbox.StateAsync(message));
        Assert.Single(outbox.Received);
        Assert.Equal(WriteOutcome.WrongState, await outbox.Store.Get<OutboxPeople>().CancelAsync(await outbox.RowAsync(message), "Olga", CancellationToken.None));
    }

    [Fact]
    public async Task Undo_and_leaving_at_the_same_moment_agree_on_one_of_both()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var messages = new List<long>();
        for (var i = 0; i < 10; i++) messages.Add(await outbox.AnswerAsync($"c{i}@customer.example", isAutomatic: false));
        await outbox.RunAsync(Stage.Delivery);
        var rows = await outbox.Store.ColumnAsync<long>("select id from outbound_message order by id");

        var sending = outbox.RunAsync(Stage.Sending);
        var undone = await Task.WhenAll(rows.AsEnumerable().Reverse().Select(row => outbox.Store.Get<OutboxPeople>().CancelAsync(row, "Olga", CancellationToken.None)));
        await sending;

        Assert.Equal(undone.Count(o => o == WriteOutcome.Done), await outbox.Store.AskAsync<long>("select count(*) from outbound_message where state = 'Cancelled'"));
        Assert.Equal(10 - undone.Count(o => o == WriteOutcome.Done), outbox.Received.Count);
        await outbox.AssertNothingIsStuckAsync();
    }
}
