using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;

namespace EmailOps.Tests.Escalations;

/// <summary>From the decision to the end, with the rows in between, and told to a webhook.</summary>
public sealed class EscalationFlowTests(EscalationsUnderTest under) : IClassFixture<EscalationsUnderTest>, IAsyncLifetime
{
    private EscalationPeople People => under.Store.Get<EscalationPeople>();
    private EscalationClock Clock => under.Store.Get<EscalationClock>();
    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync() => under.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    private List<string> Told() => [.. under.Receiver.Calls.Select(c => System.Text.Json.JsonDocument.Parse(c.Text).RootElement.GetProperty("type").GetString()!)];

    [Fact]
    public async Task A_decision_opens_one_with_its_times_and_people_are_told()
    {
        await under.ChannelAsync();

        var e = await under.OpenedAsync();

        Assert.Equal((EscalationState.Open, EscalationSeverity.Critical, 1, "policy", "Ada wants help."), (e.State, e.Severity, e.Level, e.OpenedBy, e.Summary));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)), (e.RespondBy - e.OpenedAt, e.ResolveBy - e.OpenedAt));
        Assert.Equal(["escalation.opened"], Told());
        var told = Assert.Single(await under.ToldAsync(e.Id));
        Assert.Equal((NotificationState.Sent, 1, NotificationKind.Opened), (told.State, told.Attempts, told.Kind));
        Assert.Contains("policy: escalation.open", await under.Store.ColumnAsync<string>($"select actor || ': ' || action from audit_entry where subject_kind = 'message' and subject_id = {e.MessageId}"));
        Assert.Equal(0, await under.Store.AskAsync<long>("select count(*) from work_item"));
    }

    [Fact]
    public async Task Judged_again_it_is_still_one_and_who_writes_again_joins_it()
    {
        await under.ChannelAsync();
        var e = await under.OpenedAsync(priority: 5);
        var thread = await under.Store.AskAsync<long>($"select thread_id from message where id = {e.MessageId}");

        await under.Store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Escalation, e.MessageId, under.Store.Mailbox));
        await under.RunAsync();
        var more = await under.EscalatedMailAsync(priority: 9, answers: $"{thread}");
        await under.RunAsync();

        var now = await under.ViewAsync(e.Id);
        Assert.Equal((e.Id, EscalationSeverity.Critical, 2), ((await under.OfMessageAsync(more)).Id, now.Severity, now.Messages));
        Assert.True(now.RespondBy < e.RespondBy);
        Assert.Equal(["escalation.opened"], Told());
    }

    [Fact]
    public async Task Of_two_who_claim_one_has_it_and_the_end_is_told_once()
    {
        await under.ChannelAsync();
        var e = await under.OpenedAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => People.ClaimAsync(e.Id, $"Person {i}", None)));
        Assert.Equal([WriteOutcome.Done, .. Enumerable.Repeat(WriteOutcome.WrongState, 5)], claims.Order());
        await under.RunAsync();
        var ends = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => People.ResolveAsync(e.Id, $"Person {i}", "Called her\0 back.", None)));
        Assert.Single(ends, o => o == WriteOutcome.Done);
        await under.RunAsync();

        Assert.Equal(["escalation.opened", "escalation.claimed", "escalation.resolved"], Told());
        var view = await under.ViewAsync(e.Id);
        Assert.Equal((EscalationState.Resolved, "Called her\uFFFD back."), (view.State, view.Resolution));
        Assert.Equal(WriteOutcome.NotFound, await People.ClaimAsync(-1, "Olga", None));
    }

    [Fact]
    public async Task What_nobody_takes_on_goes_up_the_levels_and_each_look_is_one_step_for_all_workers()
    {
        await under.Store.Get<ServiceLevelStore>().SaveAsync(0, 0, new ServiceLevelPlan { OnCall = [new(1, "Ada"), new(2, "Ben"), new(3, "Cleo")] }, "Olga", None);
        await under.ChannelAsync();
        await under.ChannelAsync(change: s => s with { Levels = [3] });
        var e = await under.OpenedAsync();
        Assert.Equal(0, await Clock.RunAsync(None));

        await under.PassAsync(e.Id, TimeSpan.FromMinutes(6));
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Clock.RunAsync(None)))).Sum());
        await under.RunAsync();
        Assert.Equal(2, (await under.ViewAsync(e.Id)).Level);
        Assert.Equal(["escalation.opened", "escalation.next-level"], Told());

        await under.PassAsync(e.Id, TimeSpan.FromMinutes(16));
        Assert.Equal(1, await Clock.RunAsync(None));
        await under.RunAsync();
        // Now the channel of the third level is told as well.
        Assert.Equal(["escalation.opened", "escalation.next-level", "escalation.next-level", "escalation.next-level"], Told());

        await under.PassAsync(e.Id, TimeSpan.FromMinutes(16));
        Assert.Equal(1, await Clock.RunAsync(None));
        await under.RunAsync();
        Assert.Equal("escalation.reminder", Told()[^1]);
        Assert.True((await under.ViewAsync(e.Id)).IsOverdue);
        Assert.Equal(1, (await Clock.CountAsync(None)).Counts.Overdue);
    }

    [Fact]
    public async Task Taken_on_it_is_due_when_it_should_be_settled()
    {
        await under.ChannelAsync();
        var e = await under.OpenedAsync();
        await People.ClaimAsync(e.Id, "Olga", None);
        await under.RunAsync();

        await under.PassAsync(e.Id, TimeSpan.FromMinutes(6));
        Assert.Equal(0, await Clock.RunAsync(None));
        await under.PassAsync(e.Id, TimeSpan.FromMinutes(10));
        Assert.Equal(1, await Clock.RunAsync(None));
        await under.RunAsync();

        Assert.Equal(["escalation.opened", "escalation.claimed", "escalation.reminder"], Told());
        Assert.Equal(WriteOutcome.Done, await People.ReleaseAsync(e.Id, "Olga", None));
        Assert.Equal((EscalationState.Open, (string?)null), (await under.ViewAsync(e.Id)) is var view ? (view.State, view.ClaimedBy) : default);
    }

    [Theory]
    [InlineData("Sent", "answered by Olga")]
    [InlineData("Withheld", "answered by Olga")]
    public async Task An_answer_settles_it(string state, string expected)
    {
        await under.ChannelAsync();
        var e = await under.OpenedAsync();
        await under.Store.ExecuteAsync($"""
            insert into draft (message_id, body, language, citations, state, version, decided_by, decided_at, created_at) values ({e.MessageId}, 'Dear Ada', 'en', '[]', 'Approved', 2, 'Olga', now(), now());
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, sent_at)
            select message_id, id, {under.Store.Mailbox}, 'x' || id, 'ada@customer.example', 'Re', 'Dear Ada', '{state}', now(), case when '{state}' = 'Sent' then now() end from draft where message_id = {e.MessageId}
            """);

        Assert.Equal(1, await Clock.RunAsync(None));
        await under.RunAsync();

        var view = await under.ViewAsync(e.Id);
        Assert.Equal(expected, $"{view.Resolution![..8].ToLowerInvariant()} by {view.ResolvedBy}");
        Assert.Equal(["escalation.opened", "escalation.resolved"], Told());
    }

    [Fact]
    public async Task Judged_otherwise_before_anybody_took_it_on_it_is_taken_back_and_may_come_again()
    {
        var e = await under.OpenedAsync();
        await under.Store.ExecuteAsync($"""update decision set kind = 'Suggest', reasons = '["Confidence 70."]' where message_id = {e.MessageId}""");
        Assert.Equal(1, await Clock.RunAsync(None));
        Assert.Equal(("policy", "Judged again: Confidence 70."), (await under.ViewAsync(e.Id)) is var v ? (v.ResolvedBy, v.Resolution) : default);

        await under.Store.ExecuteAsync($"update decision set kind = 'Escalate' where message_id = {e.MessageId}");
        await under.Store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Escalation, e.MessageId, under.Store.Mailbox));
        await under.RunAsync();
        var again = Assert.Single((await under.Store.Get<EscalationViews>().ListAsync(new EscalationFilter(), None)).Items);
        await People.ResolveAsync(again.Id, "Olga", null, None);
        await under.Store.EnqueueAsync(new Core.Work.NewWork(Core.Work.Stage.Escalation, e.MessageId, under.Store.Mailbox));
        await under.RunAsync();

        // Settled by a person: judging the same mail once more calls nobody.
        Assert.Empty((await under.Store.Get<EscalationViews>().ListAsync(new EscalationFilter(), None)).Items);
    }

    [Fact]
    public async Task An_old_mail_calls_nobody_but_a_person_may()
    {
        await under.ChannelAsync();
        var old = await under.EscalatedMailAsync(received: "now() - interval '30 days'");
        await under.RunAsync();
        var e = await under.OfMessageAsync(old);
        await under.PassAsync(e.Id, TimeSpan.FromDays(1));
        Assert.Equal(0, await Clock.RunAsync(None));
        Assert.Empty(Told());
        await People.ResolveAsync(e.Id, "Olga", null, None);

        var id = await People.OpenAsync(new OpenEscalation(old, "She called.", EscalationSeverity.High), "Olga", None);
        await under.RunAsync();

        Assert.Equal((EscalationSeverity.High, "Olga", "Olga: She called."), (await under.ViewAsync(id!.Value)) is var v ? (v.Severity, v.OpenedBy, v.Reasons[0]) : default);
        Assert.Equal(["escalation.opened"], Told());
        Assert.Null(await People.OpenAsync(new OpenEscalation(-1), "Olga", None));
    }

    [Fact]
    public async Task An_upgraded_installation_shows_what_was_escalated_and_not_answered()
    {
        var open = await under.EscalatedMailAsync(priority: 8);
        var answered = await under.EscalatedMailAsync();
        var old = await under.EscalatedMailAsync();
        await under.Store.ExecuteAsync($"""
            insert into draft (message_id, body, language, citations, state, version, created_at) values ({answered}, '', 'en', '[]', 'Approved', 1, now());
            update decision set decided_at = now() - interval '40 days' where message_id = {old};
            delete from escalation
            """);
        var migration = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "EmailOps.Core", "Data", "Migrations", "0014_escalations.sql"));

        await under.Store.ExecuteAsync(migration[migration.IndexOf("insert into escalation", StringComparison.Ordinal)..]);

        var shown = (await under.Store.Get<EscalationViews>().ListAsync(new EscalationFilter(Take: 200), None)).Items;
        var back = Assert.Single(shown, s => s.MessageId == open);
        Assert.Equal((EscalationSeverity.High, "upgrade", (DateTimeOffset?)null), (back.Severity, back.OpenedBy, back.DueAt));
        Assert.DoesNotContain(shown, s => s.MessageId == answered || s.MessageId == old);
        Assert.Equal(0, await Clock.RunAsync(None));
    }
}
