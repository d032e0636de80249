using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Tests.Hosts;
using EmailOps.Tests.MailServers;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Store;

namespace EmailOps.Tests.Delivery;

/// <summary>The real worker and the real Api: answers leave, wait and take themselves back without anybody running a stage, and people order what they may.</summary>
public sealed class RunningWorkerTests(PostgresFixture postgres, MailServersFixture mail) : IClassFixture<PostgresFixture>, IClassFixture<MailServersFixture>
{
    [Fact]
    public async Task Answers_wait_leave_are_undone_and_take_themselves_back()
    {
        if (!mail.TryGet(out var servers)) return;
        // Intake of its own would fetch nothing: the Inbox of this user is empty.
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers, s => s with { HoldSeconds = 600 });
        await using var worker = await TestHosts.WorkerAsync(outbox.Store.ConnectionString);
        await using var api = await TestHosts.ApiAsync(outbox.Store.ConnectionString);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);
        Task<OutboundView[]> HeldAsync() => caller.GetAsync<OutboundView[]>($"{Routes.Outbound}?state=Held");

        var (now, undone, overtaken) = (await outbox.AnswerAsync("now@customer.example"), await outbox.AnswerAsync("undone@customer.example"), await outbox.AnswerAsync("overtaken@customer.example"));
        await Wait.UntilAsync(async () => (await HeldAsync()).Length == 3, "three answers wait");
        var held = (await HeldAsync()).ToDictionary(h => h.MessageId);
        Assert.All(held.Values, h => Assert.True(h.IsAutomatic && h.HoldUntil > h.CreatedAt.AddMinutes(9)));

        Assert.Equal(OutboundState.Cancelled, (await caller.SendAsync<OutboundView>(HttpMethod.Post, $"/outbound/{held[undone].Id}/cancel", null)).State);
        using (var late = await caller.SendAsync(HttpMethod.Post, $"/outbound/{held[undone].Id}/cancel", null)) await ApiCaller.ProblemAsync(late, 409);
        using (var nobody = await caller.SendAsync(HttpMethod.Post, "/outbound/999999/send-now", null)) await ApiCaller.ProblemAsync(nobody, 404);
        await caller.SendAsync<OutboundView>(HttpMethod.Post, $"/outbound/{held[now].Id}/send-now", null);
        await outbox.StoreAsync("overtaken@customer.example", references: $"<{await outbox.Store.AskAsync<string>($"select internet_message_id from message where id = {overtaken}")}>");

        await Wait.UntilAsync(async () => await outbox.StateAsync(now) == "Sent" && await outbox.StateAsync(overtaken) == "Cancelled", "one is sent and one takes itself back");
        await Wait.UntilAsync(() => outbox.Store.AskAsync<bool>("select appended_at is not null from outbound_message where state = 'Sent'"), "the copy is made");
        Assert.Equal(["now@customer.example"], outbox.Received.SelectMany(m => m.To));
        Assert.Equal(1, await outbox.CopiesAsync());
        var view = await caller.GetAsync<MessageDetail>($"/messages/{undone}");
        Assert.Equal((DecisionKind.Suggest, DraftState.Proposed, "Olga"), (view.Decision!.Kind, view.Draft!.State, view.History[0].Actor));
        await outbox.AssertNothingIsStuckAsync();
        await api.StopAsync();
        await worker.StopAsync();
    }

    [Fact]
    public async Task Brakes_are_listed_and_lifted_and_an_unknown_fate_is_settled_over_the_Api()
    {
        if (!mail.TryGet(out var servers)) return;
        await using var outbox = await OutboxUnderTest.CreateAsync(postgres, servers);
        var message = await outbox.AnswerAsync(isAutomatic: false);
        await outbox.RunAsync(Core.Work.Stage.Delivery);
        await outbox.Store.ExecuteAsync($"update outbound_message set state = 'Unknown', sending_at = now(); delete from work_item where stage = 5; insert into automation_brake (mailbox_id, correspondent, reason, tripped_at) values ({outbox.Mailbox}, '', 'Too many.', now())");
        await using var api = await TestHosts.ApiAsync(outbox.Store.ConnectionString);
        using var caller = new ApiCaller(api.Address(), TestHosts.Key);

        var brake = Assert.Single(await caller.GetAsync<BrakeView[]>(Routes.Brakes));
        Assert.Null(brake.Correspondent);
        using (var lifted = await caller.SendAsync(HttpMethod.Post, $"/automation/brakes/{brake.Id}/lift", null)) Assert.Equal(System.Net.HttpStatusCode.NoContent, lifted.StatusCode);
        using (var again = await caller.SendAsync(HttpMethod.Post, $"/automation/brakes/{brake.Id}/lift", null)) await ApiCaller.ProblemAsync(again, 404);
        Assert.Empty(await caller.GetAsync<BrakeView[]>(Routes.Brakes));

        // As a whole it is unhealthy: no worker reads the mailbox.
        using (var health = await caller.Http.GetAsync(Routes.HealthDetailed)) Assert.Contains("Of 1 nobody knows whether they left", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var settled = await caller.SendAsync<OutboundView>(HttpMethod.Post, $"/outbound/{await outbox.RowAsync(message)}/settle", new SettleOutbound(true));
        Assert.Equal(OutboundState.Sent, settled.State);
        Assert.Contains("Olga", settled.Detail, StringComparison.Ordinal);
        Assert.Equal(WriteOutcome.WrongState, await outbox.Store.Get<OutboxPeople>().SettleAsync(settled.Id, false, "Olga", CancellationToken.None));
        await api.StopAsync();
    }
}
