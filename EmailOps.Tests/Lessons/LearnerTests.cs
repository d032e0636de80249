using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Work;
using EmailOps.Tests.Postgres;
using Npgsql;

namespace EmailOps.Tests.Lessons;

/// <summary>From a decision of a person to the version in force, on a real database.</summary>
public sealed class LearnerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Odd = "Could you adjust the wibblestock quota of our warehouse dashboard?";
    private LearningUnderTest _at = null!;

    public async Task InitializeAsync() => _at = await LearningUnderTest.CreateAsync(postgres);

    public async Task DisposeAsync() => await _at.DisposeAsync();

    /// <summary>A category that the base model does not give a text.</summary>
    private async Task<string> OtherAsync(string text) => await _at.CategoryAsync(0, text) == "business-enquiry" ? "account" : "business-enquiry";

    [Fact]
    public async Task A_correction_is_a_version_that_knows_it_and_the_next_mail_shows_it()
    {
        var message = await _at.MailAsync("Quota", Odd);
        var other = await OtherAsync($"Quota\n{Odd}");
        await _at.CorrectAsync(message, other);
        Assert.Equal(1, (await _at.ModelAsync()).Waiting);

        var model = await _at.LearnAsync();

        var version = Assert.Single(model.History);
        Assert.Equal((1, 1, 0, 1), (model.Number, version.Number, model.Waiting, model.GoldenRows));
        Assert.True(version is { Adopted: true, IsInForce: true, Parent: null, Lessons: 1, MadeBy: "Olga" }, version.Verdict);
        Assert.Equal((0, 1), (version.Before.Right, version.After.Right));
        Assert.Equal((message, other), (version.Changes[0].MessageId, version.Changes[0].After));
        Assert.Equal(other, await _at.CategoryAsync(1, "please adjust the wibblestock quota"));

        var next = await _at.MailAsync("Our quota", "The wibblestock quota in our warehouse dashboard must be adjusted");
        Assert.Equal(other, await _at.Store.AskAsync<string>($"select category from triage_result where message_id = {next}"));
        Assert.Contains($"+{_at.Mailbox}.1-", await _at.Store.AskAsync<string>($"select model_version from triage_result where message_id = {next}"), StringComparison.Ordinal);
        Assert.Equal(1, await _at.Store.AskAsync<long>("select count(*) from audit_entry where action = 'model.adopt'"));
        // Other mailboxes keep the base model.
        Assert.DoesNotContain("+", (await _at.Get<TriageSource>().PipelineAsync(await _at.Store.MailboxAsync("other@shop.example"), CancellationToken.None)).ModelVersion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_again_nothing_is_learned_twice()
    {
        await _at.CorrectAsync(await _at.MailAsync("Quota", Odd), "complaint");
        await _at.LearnAsync();
        await _at.Store.EnqueueAsync(new NewWork(Stage.Learning, 0, _at.Mailbox));
        Assert.Single((await _at.LearnAsync()).History);
    }

    [Fact]
    public async Task One_wrong_correction_does_not_cost_what_people_decided_before()
    {
        var texts = Enumerable.Range(0, 6).Select(i => $"Where is my order number {4711 + i}? It was to arrive on day {i}.").ToArray();
        foreach (var text in texts) await _at.CorrectAsync(await _at.MailAsync("Order", text), "shipping");
        await _at.LearnAsync();
        await _at.CorrectAsync(await _at.MailAsync("Order", "Where is my order number 4790? It was to arrive on day 9."), "spam-phishing");
        var model = await _at.LearnAsync();
        foreach (var text in texts) Assert.Equal("shipping", await _at.CategoryAsync(model.Number, $"Order\n{text}"));
        Assert.True(model.History[0].After.Right >= model.History[0].Before.Right, model.History[0].Verdict);
    }

    [Fact]
    public async Task The_last_word_on_the_same_text_counts()
    {
        var message = await _at.MailAsync("Quota", Odd);
        foreach (var category in new[] { "complaint", "account", "business-enquiry" }) await _at.CorrectAsync(message, category);
        var model = await _at.LearnAsync();
        Assert.Equal((1, 1, "business-enquiry"), (model.GoldenRows, model.History[0].Lessons, await _at.CategoryAsync(model.Number, $"Quota\n{Odd}")));
    }

    [Fact]
    public async Task A_correction_taken_back_is_forgotten_by_message_and_model()
    {
        var message = await _at.MailAsync("Quota", Odd);
        var (before, other) = (await _at.SayAsync(0, Odd), await OtherAsync($"Quota\n{Odd}"));
        var judged = await _at.Store.AskAsync<string>("select category from triage_result");
        await _at.CorrectAsync(message, other);
        await _at.LearnAsync();
        Assert.Equal(WriteOutcome.Done, await _at.Get<LessonUndo>().UndoAsync(await _at.LastLessonAsync(), "Omar", CancellationToken.None));

        Assert.Equal(judged, await _at.Store.AskAsync<string>("select category from triage_result"));
        Assert.Equal(0, await _at.Store.AskAsync<long>("select count(*) from triage_result where corrected_from is not null"));
        var model = await _at.LearnAsync();
        Assert.Equal((2, ModelVersionKind.Trained, 0), (model.Number, model.History[0].Kind, model.GoldenRows));
        Assert.Equal(await _at.CategoryAsync(0, Odd), await _at.CategoryAsync(2, Odd));
        Assert.All(before.Zip(await _at.SayAsync(2, Odd)), pair => Assert.Equal(pair.First, pair.Second, 0.05));
        Assert.Equal(WriteOutcome.WrongState, await _at.Get<LessonUndo>().UndoAsync(await _at.LastLessonAsync(), "Omar", CancellationToken.None));
        Assert.Equal(WriteOutcome.NotFound, await _at.Get<LessonUndo>().UndoAsync(99, "Omar", CancellationToken.None));
    }

    [Fact]
    public async Task Any_version_can_be_put_in_force_and_a_held_one_waits_with_learning()
    {
        var people = _at.Get<ModelPeople>();
        await _at.CorrectAsync(await _at.MailAsync("Quota", Odd), await OtherAsync($"Quota\n{Odd}"));
        var first = await _at.LearnAsync();
        await _at.CorrectAsync(await _at.MailAsync("Hello", "the blorp gasket of the frobnicator is worn"), "complaint");
        var second = await _at.LearnAsync();
        Assert.Equal((2, 1), (second.Number, second.History[0].Parent));

        Assert.Equal(WriteOutcome.VersionConflict, await people.RollBackAsync(_at.Mailbox, first.Revision, 1, true, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.WrongState, await people.RollBackAsync(_at.Mailbox, second.Revision, 9, true, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.Done, await people.RollBackAsync(_at.Mailbox, second.Revision, 1, true, "Olga", CancellationToken.None));
        Assert.Equal(WriteOutcome.WrongState, await people.RetrainAsync(_at.Mailbox, null, "Olga", CancellationToken.None));

        await _at.CorrectAsync(await _at.MailAsync("Hi", "a third snarkle with a quimby"), "feedback");
        var held = await _at.LearnAsync();
        Assert.Equal((1, true, 1, 2), (held.Number, held.IsPinned, held.Waiting, held.History.Count));

        Assert.Equal(WriteOutcome.Done, await people.PinAsync(_at.Mailbox, held.Revision, false, "Olga", CancellationToken.None));
        var free = await _at.LearnAsync();
        Assert.Equal((3, 0, 1), (free.Number, free.Waiting, free.History[0].Parent));
        // Trained anew it knows again what the rollback had left behind.
        Assert.Equal(WriteOutcome.Done, await people.RetrainAsync(_at.Mailbox, free.Revision, "Olga", CancellationToken.None));
        var trained = await _at.LearnAsync();
        Assert.Equal((4, ModelVersionKind.Trained, 3), (trained.Number, trained.History[0].Kind, trained.History[0].Lessons));
        Assert.Equal("complaint", await _at.CategoryAsync(4, "Hello\nthe blorp gasket of the frobnicator is worn"));
        Assert.Equal(["model.adopt", "model.adopt", "model.adopt", "model.adopt", "model.retrain", "model.rollback", "model.unpin"],
            (await _at.Store.ColumnAsync<string>("select action from audit_entry where action like 'model.%'")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_processes_have_the_same_model_of_a_version()
    {
        await using var other = await _at.AnotherAsync();
        await _at.CorrectAsync(await _at.MailAsync("Quota", Odd), "complaint");
        await _at.LearnAsync();
        await _at.Get<ModelPeople>().RetrainAsync(_at.Mailbox, null, "Olga", CancellationToken.None);
        await _at.LearnAsync();
        await _at.CorrectAsync(await _at.MailAsync("Hello", "the blorp gasket of the frobnicator is worn"), "feedback");
        Assert.Equal(3, (await _at.LearnAsync()).Number);
        foreach (var number in new[] { 3, 1, 2 })
            foreach (var text in new[] { Odd, "the blorp gasket", "Where is my parcel?" })
                Assert.Equal(await _at.SayAsync(number, text), await other.SayAsync(number, text));
        // Bytes that are gone or damaged are made again from the recipe.
        await using var third = await _at.AnotherAsync();
        await _at.Store.ExecuteAsync("update model_version set bytes = '\\x00' where bytes is not null");
        Assert.Equal(await _at.CategoryAsync(3, Odd), await third.CategoryAsync(3, Odd));
    }

    [Fact]
    public async Task Of_two_processes_that_learn_the_same_one_makes_the_version()
    {
        await using var other = await _at.AnotherAsync();
        await _at.CorrectAsync(await _at.MailAsync("Quota", Odd), "complaint");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? _at : other).Get<Learner>().LearnAsync(_at.Mailbox, [], CancellationToken.None)));
        var model = await _at.ModelAsync();
        Assert.Equal((1, 1), (model.Number, model.History.Count));
        Assert.Equal(1, await _at.Store.AskAsync<long>("select count(*) from audit_entry where action = 'model.adopt'"));
    }

    [Fact]
    public async Task Ended_in_the_middle_of_an_adoption_the_old_version_stays_and_nothing_is_lost()
    {
        await _at.CorrectAsync(await _at.MailAsync("Quota", Odd), "complaint");
        await _at.LearnAsync();
        await _at.CorrectAsync(await _at.MailAsync("Hello", "the blorp gasket of the frobnicator is worn"), "feedback");
        await using var blocker = await _at.Store.Source.OpenConnectionAsync();
        await using (var transaction = await blocker.BeginTransactionAsync())
        {
            // It stands before its version can be written, with its work items already ended in its transaction.
            await Sql.ExecuteAsync(blocker, "select * from mailbox_model for update", [], CancellationToken.None);
            var learning = _at.RunAsync(Stage.Learning);
            await EmailOps.Tests.Store.Wait.UntilAsync(() => _at.Store.AskAsync<bool>("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"), "it waits for the lock");
            await _at.Store.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => learning);
            await transaction.RollbackAsync();
        }
        var model = await _at.ModelAsync();
        Assert.Equal((1, 1, 1), (model.Number, model.History.Count, model.Waiting));
        Assert.Equal(1, await _at.Store.AskAsync<long>("select count(*) from work_item where stage = 10"));
        await _at.Store.ExecuteAsync("update work_item set available_at = now(), lease = null, attempts = 0");
        Assert.Equal(2, (await _at.LearnAsync()).Number);
    }

    [Fact]
    public async Task People_move_priorities_and_mail_to_come_follows()
    {
        var messages = new List<long>();
        for (var i = 0; i < 3; i++) messages.Add(await _at.MailAsync("Quota", $"{Odd} Number {i}."));
        var (category, was) = (await _at.Store.AskAsync<string>("select category from triage_result limit 1"), await _at.Store.AskAsync<short>("select priority from triage_result limit 1"));
        var corrections = _at.Get<CorrectionStore>();
        foreach (var message in messages) Assert.Equal(WriteOutcome.Done, await corrections.PrioritizeAsync(message, was + 3, "Olga", CancellationToken.None));
        var model = await _at.LearnAsync();
        Assert.Equal(2, model.History[0].Priorities[category]);
        var next = await _at.MailAsync("Quota", $"{Odd} Number 9.");
        Assert.Equal(was + 2, await _at.Store.AskAsync<short>($"select priority from triage_result where message_id = {next}"));
        // Moved on from what it learned, a correction still counts from what triage says by itself.
        await corrections.PrioritizeAsync(next, was + 3, "Olga", CancellationToken.None);
        Assert.Equal(was, await _at.Store.AskAsync<short>("select was_priority from lesson order by id desc limit 1"));
        // What a person said stays when the mail is judged again.
        await _at.Get<CorrectionStore>().RetriageAsync(next, "Olga", CancellationToken.None);
        await _at.RunAsync(Stage.Triage);
        Assert.Equal(was + 3, await _at.Store.AskAsync<short>($"select priority from triage_result where message_id = {next}"));
    }
}
