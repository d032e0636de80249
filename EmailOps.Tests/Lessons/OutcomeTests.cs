using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Learning;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Lessons;

/// <summary>What people and time say about drafts, and the thresholds that follow.</summary>
public sealed class OutcomeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private LearningUnderTest _at = null!;
    private int _asked;

    public async Task InitializeAsync() => _at = await LearningUnderTest.CreateAsync(postgres);

    public async Task DisposeAsync() => await _at.DisposeAsync();

    private Task<List<string>> OutcomesAsync() => _at.Store.ColumnAsync<string>("select kind || case when is_right then '+' else '-' end from answer_outcome order by message_id");

    /// <summary>A judged mail with a proposed draft.</summary>
    private async Task<(long Message, long Draft)> DraftAsync()
    {
        var message = await _at.MailAsync("Delivery", $"How long does delivery take? I ask for the {Interlocked.Increment(ref _asked)}th time.");
        await _at.Store.ExecuteAsync($"delete from draft where message_id = {message}; insert into draft (message_id, body, language, citations, state, version, created_at) values ({message}, 'Hello, it takes two to four working days in all of Germany. Best regards', 'en', '[]', 'Proposed', 1, now())");
        return (message, await _at.Store.AskAsync<long>($"select id from draft where message_id = {message}"));
    }

    [Fact]
    public async Task Decisions_about_drafts_are_lessons_and_outcomes_until_they_are_taken_back()
    {
        var drafts = _at.Get<DraftStore>();
        var (good, edited, rewritten, rejected) = ((await DraftAsync()).Draft, (await DraftAsync()).Draft, (await DraftAsync()).Draft, (await DraftAsync()).Draft);
        await drafts.ApproveAsync(good, 1, "Olga", null, CancellationToken.None);
        await drafts.ApproveAsync(edited, 1, "Olga", "Hello, it takes two to five working days in all of Germany. Best regards", CancellationToken.None);
        await drafts.ApproveAsync(rewritten, 1, "Olga", "We do not know yet.", CancellationToken.None);
        await drafts.RejectAsync(rejected, 1, "Olga", "wrong", CancellationToken.None);
        Assert.Equal(["Approved+", "Edited+", "Edited-", "Rejected-"], await OutcomesAsync());
        Assert.Equal(["Approved", "Edited", "Edited", "Rejected"], await _at.Store.ColumnAsync<string>("select kind from lesson order by id"));
        var model = await _at.LearnAsync();
        Assert.True(model.History[0].AnswerFactors.Values.Single() < 1);

        Assert.Equal(WriteOutcome.Done, await drafts.ReopenAsync(rejected, 2, "Olga", CancellationToken.None));
        Assert.Equal(["Approved+", "Edited+", "Edited-"], await OutcomesAsync());
        var again = await _at.LearnAsync();
        Assert.True(again.History[0].AnswerFactors.Values.Single() > model.History[0].AnswerFactors.Values.Single());
    }

    [Fact]
    public async Task A_draft_for_the_wrong_category_is_wrong_whatever_was_made_of_it()
    {
        var (message, draft) = await DraftAsync();
        await _at.CorrectAsync(message, "complaint");
        await _at.Get<DraftStore>().ApproveAsync(draft, 1, "Olga", null, CancellationToken.None);
        Assert.Equal(["Corrected-"], await OutcomesAsync());
    }

    [Theory]
    [InlineData("8 days", "", "Silent+")]
    [InlineData("2 days", "", "")]
    [InlineData("2 days", "wrote", "Reopened-")]
    [InlineData("8 days", "wrote", "Reopened-")]
    [InlineData("8 days", "thanked", "Silent+")]
    public async Task Automatic_answers_are_right_when_nobody_contradicts_them(string ago, string after, string expected)
    {
        var (message, draft) = await DraftAsync();
        await _at.Store.ExecuteAsync($"""
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, sent_at, is_automatic)
            values ({message}, {draft}, {_at.Mailbox}, 'x', 'ada1@customer.example', 's', 'b', 'Sent', now(), now() - interval '{ago}', true)
            """);
        if (after.Length > 0)
        {
            var next = await _at.MailAsync("Delivery", "That did not help.");
            await _at.Store.ExecuteAsync($"update message set thread_id = (select thread_id from message where id = {message}), received_at = now() - interval '{ago}' + interval '1 hour' where id = {next}");
            await _at.Store.ExecuteAsync($"update triage_result set is_automated = false, category = '{(after == "thanked" ? "feedback" : "complaint")}' where message_id = {next}");
        }
        await _at.Get<OutcomeStore>().SweepAsync(new LearningOptions(), CancellationToken.None);
        await _at.Get<OutcomeStore>().SweepAsync(new LearningOptions(), CancellationToken.None);
        Assert.Equal(expected, string.Join(' ', await OutcomesAsync()));
    }

    [Fact]
    public async Task An_automatic_answer_that_a_person_takes_back_was_wrong()
    {
        var (message, draft) = await DraftAsync();
        await _at.Store.ExecuteAsync($"""
            update draft set state = 'Approved', decided_by = 'policy' where id = {draft};
            insert into outbound_message (message_id, draft_id, mailbox_id, internet_message_id, recipient, subject, body, state, created_at, hold_until, is_automatic)
            values ({message}, {draft}, {_at.Mailbox}, 'x', 'ada1@customer.example', 's', 'b', 'Held', now(), now() + interval '2 minutes', true)
            """);
        Assert.Equal(WriteOutcome.Done, await _at.Get<OutboxPeople>().CancelAsync(await _at.Store.AskAsync<long>("select id from outbound_message"), "Olga", CancellationToken.None));
        Assert.Equal(["Recalled-"], await OutcomesAsync());
        Assert.Equal(1, await _at.Store.AskAsync<long>("select count(*) from work_item where stage = 10"));
    }

    [Fact]
    public async Task A_budget_waits_for_outcomes_and_then_moves_the_threshold_of_policy()
    {
        var risk = _at.Get<RiskStore>();
        Assert.Equal("None", Assert.Single(await risk.ListAsync(_at.Mailbox, CancellationToken.None)).State);
        Assert.Equal(WriteOutcome.Done, await risk.SaveAsync(_at.Mailbox, 0, new SaveRiskBudget("", 0.05), "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.VersionConflict, await risk.SaveAsync(_at.Mailbox, 0, new SaveRiskBudget("", 0.1), "Olga", CancellationToken.None));
        var waiting = Assert.Single(await risk.ListAsync(_at.Mailbox, CancellationToken.None));
        Assert.Equal(("Waiting", RiskControl.LeastOutcomes(0.05, 0.025)), (waiting.State, waiting.Missing));
        Assert.Contains($"{waiting.Missing} more", waiting.Explanation, StringComparison.Ordinal);

        var message = await _at.MailAsync("Delivery", "How long does delivery take?");
        await _at.Store.ExecuteAsync("alter table answer_outcome drop constraint answer_outcome_message_id_fkey");
        await _at.Store.ExecuteAsync($"insert into answer_outcome select 1000 + i, {_at.Mailbox}, 'shipping', 72 + i % 28, true, 'Approved', false, 'm', now() from generate_series(1, 400) i");
        await _at.Store.ExecuteAsync($"insert into answer_outcome select 9000 + i, {_at.Mailbox}, 'shipping', 60 + i % 10, i % 3 = 0, 'Edited', false, 'm', now() from generate_series(1, 100) i");
        await _at.Store.EnqueueAsync(new NewWork(Stage.Learning, 0, _at.Mailbox));
        await _at.LearnAsync();

        var set = Assert.Single(await risk.ListAsync(_at.Mailbox, CancellationToken.None));
        Assert.Equal(("Set", 500), (set.State, set.Outcomes));
        Assert.InRange(set.Threshold!.Value, 66, 72);
        var policy = (await _at.Get<PolicyStore>().LoadAsync([message], CancellationToken.None))[message].Policy;
        Assert.Equal((RiskState.Set, set.Threshold), (policy.RiskOf("shipping")!.State, policy.RiskOf("shipping")!.Threshold));

        // A category with a budget of its own has its own evidence, and takes it out of that of all.
        await risk.SaveAsync(_at.Mailbox, 0, new SaveRiskBudget("shipping", 0.01), "Olga", CancellationToken.None);
        var both = await risk.ListAsync(_at.Mailbox, CancellationToken.None);
        Assert.Equal([("", 0), ("shipping", 500)], both.Select(b => (b.Category, b.Outcomes)));
        await risk.SaveAsync(_at.Mailbox, both[1].Version, new SaveRiskBudget("shipping", null), "Olga", CancellationToken.None);
        await risk.SaveAsync(_at.Mailbox, both[0].Version, new SaveRiskBudget("", null), "Olga", CancellationToken.None);
        Assert.Null((await _at.Get<PolicyStore>().LoadAsync([message], CancellationToken.None))[message].Policy.RiskOf("shipping"));
        Assert.Equal(4, await _at.Store.AskAsync<long>("select count(*) from audit_entry where action = 'policy.risk'"));
    }

    [Fact]
    public async Task Chores_are_done_by_one_worker_find_what_waits_and_measure_drift()
    {
        var chores = _at.Get<LearningChores>();
        var message = await _at.MailAsync("Delivery", "How long does delivery take?");
        await _at.CorrectAsync(message, "complaint");
        await _at.Store.ExecuteAsync("delete from work_item");
        await using (var other = await _at.Store.Source.OpenConnectionAsync())
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await Sql.ExecuteAsync(other, "select pg_advisory_xact_lock(x'4C6561726E696E67'::bigint)", [], CancellationToken.None);
            Assert.False(await chores.RunAsync(CancellationToken.None));
        }
        Assert.True(await chores.RunAsync(CancellationToken.None));
        var drift = Assert.Single(await _at.Get<DriftStore>().LatestAsync(CancellationToken.None), d => d.Drift.MailboxId == _at.Mailbox).Drift;
        Assert.Empty(drift.Warnings);
        var model = await _at.LearnAsync();
        Assert.Equal(1, model.Number);

        // Taught long ago and never trained since: it is due.
        await _at.Store.ExecuteAsync("update model_version set made_at = now() - interval '2 days'");
        Assert.True(await chores.RunAsync(CancellationToken.None));
        var scheduled = await _at.LearnAsync();
        Assert.Equal((2, "schedule", ModelVersionKind.Trained), (scheduled.Number, scheduled.History[0].MadeBy, scheduled.History[0].Kind));
        Assert.True(await chores.RunAsync(CancellationToken.None));
        Assert.Equal(2, (await _at.LearnAsync()).Number);

        // The examples changed: the worker trains anew, and until then what was taught works on the new base.
        await _at.Store.ExecuteAsync("update model_version set base = 'another'; update mailbox_model set retrained_at = null");
        Assert.True(await chores.RunAsync(CancellationToken.None));
        var trained = await _at.LearnAsync();
        Assert.Equal((3, "the examples or the taxonomy have changed"), (trained.Number, trained.History[0].MadeBy));
    }
}
