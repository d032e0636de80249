using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations.Channels;
using EmailOps.Core.Outgoing;
using EmailOps.Core.Work;
using EmailOps.Tests.Outgoing;

namespace EmailOps.Tests.Escalations;

/// <summary>Telling with the guarantees of the outbox, against receivers that misbehave and workers that die.</summary>
public sealed class NotificationTests(EscalationsUnderTest under) : IClassFixture<EscalationsUnderTest>, IAsyncLifetime
{
    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync() => under.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<NotificationView> OneAsync(long escalation) => Assert.Single(await under.ToldAsync(escalation));

    [Fact]
    public async Task A_webhook_that_is_down_is_told_later_under_the_same_id_and_signed_anew()
    {
        await under.ChannelAsync(secret: "whsec_c2VjcmV0");
        under.Receiver.Answer = StandInReceiver.Says(503);
        var e = await under.OpenedAsync();
        var first = await OneAsync(e.Id);
        Assert.Equal((NotificationState.Queued, 1), (first.State, first.Attempts));
        Assert.Contains("503", first.Detail, StringComparison.Ordinal);

        under.Receiver.Answer = StandInReceiver.Says(202);
        await under.RunAsync(waiting: true);

        Assert.Equal((NotificationState.Sent, 2, (string?)null), (await OneAsync(e.Id)) is var n ? (n.State, n.Attempts, n.Detail) : default);
        Assert.Equal(2, under.Receiver.Calls.Count);
        Assert.Single(under.Receiver.Calls.Select(c => c.Headers["webhook-id"]).Distinct());
        Assert.All(under.Receiver.Calls, c => Assert.True(WebhookSignature.IsValid("whsec_c2VjcmV0", c.Headers["webhook-id"], c.Headers["webhook-timestamp"], c.Headers["webhook-signature"], c.Body, TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5))));
    }

    [Fact]
    public async Task A_server_that_names_a_time_is_obeyed()
    {
        await under.ChannelAsync();
        under.Receiver.Answer = StandInReceiver.Says(429, null, ("Retry-After", "3600"));

        await under.OpenedAsync();

        Assert.InRange(await under.Store.AskAsync<double>("select extract(epoch from available_at - now())::float8 from work_item where stage = 9"), 3500, 3600);
    }

    [Fact]
    public async Task What_is_refused_for_good_is_shown_and_a_person_may_have_it_told_again()
    {
        await under.ChannelAsync();
        under.Receiver.Answer = StandInReceiver.Says(410);
        var e = await under.OpenedAsync();
        var failed = await OneAsync(e.Id);
        Assert.Equal(NotificationState.Failed, failed.State);
        var channel = Assert.Single(await under.Store.Get<ChannelStore>().ListAsync(None));
        Assert.Equal((1, true), (channel.Failed, channel.Problem!.Contains("410", StringComparison.Ordinal)));
        Assert.Equal("degraded", (await new ChannelHealth(under.Store.Get<ChannelStore>()).AskAsync(None)).Status);

        under.Receiver.Answer = StandInReceiver.Says(200);
        Assert.Equal(WriteOutcome.Done, await under.Store.Get<NotificationStore>().AgainAsync(failed.Id, "Olga", None));
        await under.RunAsync();

        Assert.Equal(NotificationState.Sent, (await OneAsync(e.Id)).State);
        Assert.Equal(WriteOutcome.WrongState, await under.Store.Get<NotificationStore>().AgainAsync(failed.Id, "Olga", None));
        Assert.Equal(WriteOutcome.NotFound, await under.Store.Get<NotificationStore>().AgainAsync(-1, "Olga", None));
        Assert.Equal("healthy", (await new ChannelHealth(under.Store.Get<ChannelStore>()).AskAsync(None)).Status);
    }

    [Fact]
    public async Task Who_could_not_be_told_in_time_is_not_told()
    {
        await under.ChannelAsync();
        under.Receiver.Answer = StandInReceiver.Says(503);
        var e = await under.OpenedAsync();
        await under.Store.ExecuteAsync("update notification set give_up_at = now()");

        await under.RunAsync(waiting: true);

        var n = await OneAsync(e.Id);
        Assert.Equal(NotificationState.Failed, n.State);
        Assert.StartsWith("Given up after 2 attempts.", n.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await under.Store.AskAsync<long>("select count(*) from work_item"));
    }

    [Theory]
    [InlineData(ChannelKind.Webhook, NotificationState.Sent, 2)]
    [InlineData(ChannelKind.Slack, NotificationState.Unknown, 1)]
    public async Task After_a_crash_in_between_it_is_told_again_only_where_doubles_are_dropped(ChannelKind kind, NotificationState state, int calls)
    {
        under.Receiver.Answer = StandInReceiver.Says(200, """{"ok":true,"channel":"C1","ts":"1.2"}""");
        await under.ChannelAsync(kind, secret: "xoxb-secret", change: s => s with { Target = "C1" });
        var message = await under.EscalatedMailAsync();
        var queue = under.Store.Get<WorkQueue>();
        await under.Store.Get<EscalationStore>().OpenAsync(await queue.ClaimAsync(Stage.Escalation, None), None);
        var notifications = under.Store.Get<NotificationStore>();
        var item = Assert.Single(await queue.ClaimAsync(Stage.Notify, None));

        // The worker told it, and died before it could write that down.
        var telling = await notifications.BeginAsync(item, under.Store.Get<ChannelDesk>().DropsDoubles, None);
        await new Dying(under.Store).TellAsync(telling!);
        await under.Store.ExecuteAsync("update work_item set lease = null, available_at = enqueued_at");
        await under.RunAsync();

        var e = await under.OfMessageAsync(message);
        Assert.Equal((state, calls), ((await OneAsync(e.Id)).State, under.Receiver.Calls.Count));
        // A late result of the attempt that nobody knew about counts: it is certain.
        await notifications.SaveAsync(telling!, new Told(ToldResult.Told), None);
        Assert.Equal(NotificationState.Sent, (await OneAsync(e.Id)).State);
    }

    [Fact]
    public async Task What_ended_before_it_was_told_is_not_told_at_all()
    {
        await under.ChannelAsync();
        under.Receiver.Answer = StandInReceiver.Says(503);
        var e = await under.OpenedAsync();
        await under.Store.Get<EscalationPeople>().ResolveAsync(e.Id, "Olga", null, None);
        var late = await under.EscalatedMailAsync();
        await under.Store.Get<EscalationStore>().OpenAsync(await under.Store.Get<WorkQueue>().ClaimAsync(Stage.Escalation, None), None);
        var second = await under.OfMessageAsync(late);
        await under.Store.Get<EscalationPeople>().ResolveAsync(second.Id, "Olga", null, None);
        under.Receiver.Answer = StandInReceiver.Says(200);
        under.Receiver.Calls.Clear();

        await under.RunAsync(waiting: true);

        // The first may have arrived, so its end is told after it; of the second nobody ever heard.
        Assert.Equal([NotificationState.Sent, NotificationState.Sent], (await under.ToldAsync(e.Id)).Select(n => n.State));
        Assert.Equal([NotificationState.Skipped, NotificationState.Skipped], (await under.ToldAsync(second.Id)).Select(n => n.State));
        Assert.Equal(2, under.Receiver.Calls.Count);
    }

    [Fact]
    public async Task A_flood_is_held_back_and_that_is_shown()
    {
        await under.ChannelAsync(change: s => s with { MostPerHour = 2 });
        for (var i = 0; i < 4; i++) await under.EscalatedMailAsync();

        await under.RunAsync();

        var all = await under.Store.Get<EscalationViews>().NotificationsAsync(null, null, 10, None);
        Assert.Equal([NotificationState.Sent, NotificationState.Sent, NotificationState.Skipped, NotificationState.Skipped], all.Select(n => n.State).Order());
        Assert.All(all.Where(n => n.State == NotificationState.Skipped), n => Assert.Contains("mostPerHour", n.Detail, StringComparison.Ordinal));
        Assert.Equal(2, under.Receiver.Calls.Count);
    }

    [Fact]
    public async Task A_channel_hears_of_its_mailbox_and_severity_only_and_without_contents_if_so_wished()
    {
        var other = await under.Store.MailboxAsync("sales@shop.example");
        await under.ChannelAsync(change: s => s with { Mailbox = other });
        await under.ChannelAsync(change: s => s with { FromSeverity = EscalationSeverity.Critical });
        await under.ChannelAsync(change: s => s with { WithContent = false });

        await under.OpenedAsync(priority: 8, subject: "Very secret");

        var call = Assert.Single(under.Receiver.Calls);
        Assert.DoesNotContain("secret", call.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ada", call.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("https://mail.shop.example/messages/", call.Text, StringComparison.Ordinal);
    }

    /// <summary>Tells, and writes nothing down.</summary>
    private sealed class Dying(Store.TestStore store)
    {
        public async Task TellAsync(Telling telling)
        {
            var channel = (await store.Get<ChannelStore>().OpenAsync(telling.ChannelId, None))!;
            var sender = ((INotificationChannel[])[new WebhookChannel(store.Get<OutgoingHttp>()), new SlackChannel(store.Get<OutgoingHttp>())]).Single(c => c.Kind == channel.View.Kind);
            var message = new ChannelMessage { EscalationId = telling.EscalationId, Kind = telling.Kind, Key = "k", DedupKey = "d", Severity = EscalationSeverity.High, State = EscalationState.Open, Level = 1, OpenedAt = TimeProvider.System.GetUtcNow() };
            Assert.Equal(ToldResult.Told, (await sender.TellAsync(channel, message, _ => Task.CompletedTask, None)).Result);
        }
    }
}
