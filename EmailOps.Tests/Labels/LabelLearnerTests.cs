using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Data.Lessons;
using EmailOps.Core.Learning.Labels;
using EmailOps.Core.Triage.Labels;
using EmailOps.Core.Work;
using EmailOps.Tests.Lessons;
using EmailOps.Tests.Postgres;

namespace EmailOps.Tests.Labels;

/// <summary>From a label that a person puts on a message to the proposal on the next one, on a real database.</summary>
public sealed class LabelLearnerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private LearningUnderTest _at = null!;

    public async Task InitializeAsync() => _at = await LearningUnderTest.CreateAsync(postgres);

    public async Task DisposeAsync() => await _at.DisposeAsync();

    private async Task<long> TaughtAsync(int each = 10)
    {
        var label = await _at.Store.LabelAsync("Wholesale");
        Assert.Equal(each, await _at.Store.SayAsync(label, true, await _at.Store.MailsAsync(each, LabelsUnderTest.Wholesale)));
        Assert.Equal(each, await _at.Store.SayAsync(label, false, await _at.Store.MailsAsync(each, LabelsUnderTest.Customer)));
        return label;
    }

    [Fact]
    public async Task With_too_few_messages_it_says_how_many_are_missing_and_guesses_nothing()
    {
        var label = await _at.Store.LabelAsync("Wholesale");
        var mails = await _at.Store.MailsAsync(LabelCount.Least, LabelsUnderTest.Wholesale);
        await _at.Store.SayAsync(label, true, mails[1..]);
        var model = await _at.LearnLabelsAsync();
        Assert.Equal((0, 0, 0), (model.Number, model.History.Count, model.Waiting));
        var view = (await _at.Get<LabelStore>().FindAsync(label, CancellationToken.None))!;
        Assert.Equal((LabelCount.Least - 1, 0, 1 + LabelCount.Least, false), (view.With, view.Without, view.Missing, view.IsProposed));
        Assert.Contains("1 message with it and 8 handled without it", view.MissingWords, StringComparison.Ordinal);
        // Nothing is asked for again and again meanwhile.
        await _at.Get<LearningChores>().RunAsync(CancellationToken.None);
        Assert.Equal(0, await _at.Store.AskAsync<long>("select count(*) from work_item where stage = 10"));
        // Who handles a message and leaves the label off says so: a correction counts as being without it.
        foreach (var id in new[] { await _at.MailAsync("Back", LabelsUnderTest.Customer(1)), await _at.MailAsync("Back", LabelsUnderTest.Customer(2)) })
            await _at.CorrectAsync(id, "complaint");
        Assert.Equal(2, (await _at.Get<LabelStore>().FindAsync(label, CancellationToken.None))!.Without);
        // A label made afterwards knows nothing of them.
        var later = await _at.Store.LabelAsync("Later");
        Assert.Equal((0, 0), ((await _at.Get<LabelStore>().FindAsync(later, CancellationToken.None)) is { } l ? (l.With, l.Without) : (-1, -1)));
    }

    [Fact]
    public async Task Enough_labels_are_a_version_that_proposes_with_probability_and_reason_apart_from_what_people_set()
    {
        var label = await TaughtAsync();
        var model = await _at.LearnLabelsAsync();
        var version = Assert.Single(model.History);
        Assert.True(version is { Adopted: true, IsInForce: true, Number: 1, MadeBy: "Olga" }, version.Verdict);
        Assert.Equal((20, 20), (version.After.Rows, version.After.Right));
        var score = version.Labels!;
        Assert.Equal((20, "Wholesale", 10, 10), (score.Messages, score.Labels[0].Name, score.Labels[0].With, score.Labels[0].Without));
        Assert.InRange(score.MicroF1, 0.9, 1);

        var next = await _at.MailAsync("Reorder", "We run a shop and want to reorder 12 cartons at trade terms, what are the pallet costs?");
        var stands = await _at.Store.StandsAsync(next, label);
        Assert.Equal(LabelState.Proposed, stands.State);
        Assert.InRange(stands.Probability!.Value, 0.5, 1);
        Assert.Contains("10 messages", stands.Reason, StringComparison.Ordinal);
        Assert.Contains("-l1", await _at.Store.AskAsync<string>($"select model_version from triage_result where message_id = {next}"), StringComparison.Ordinal);
        Assert.Equal(0, await _at.Store.AskAsync<long>($"select count(*) from message_label where message_id = {next}"));
        var other = await _at.MailAsync("Back", "My rugs arrived with a scratch, I would like my money returned.");
        Assert.Equal(LabelState.None, (await _at.Store.StandsAsync(other, label)).State);

        // A person's word stands above the proposal; taken back, the proposal shows again.
        await _at.Store.SayAsync(label, false, next);
        Assert.Equal(LabelState.Off, (await _at.Store.StandsAsync(next, label)).State);
        Assert.Equal(WriteOutcome.Done, await _at.Get<LessonUndo>().UndoAsync(await _at.LastLessonAsync(), "Olga", CancellationToken.None));
        Assert.Equal(LabelState.Proposed, (await _at.Store.StandsAsync(next, label)).State);
        // The pipeline of a mailbox whose people do not label has no such step.
        var elsewhere = await _at.Get<TriageSource>().PipelineAsync(await _at.Store.MailboxAsync("other@shop.example"), CancellationToken.None);
        Assert.DoesNotContain(elsewhere.Agents, a => a.Name == "labels");
    }

    [Fact]
    public async Task Said_twice_at_once_it_is_one_lesson_and_what_changed_nothing_writes_nothing()
    {
        var label = await _at.Store.LabelAsync("Wholesale");
        var mail = (await _at.Store.MailsAsync(1, LabelsUnderTest.Wholesale))[0];
        await using var other = await _at.AnotherAsync();
        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? _at : other).Store.SayAsync(label, true, mail)));
        Assert.Equal(1, changed.Sum());
        Assert.Equal((1L, 1L), (await _at.Store.AskAsync<long>("select count(*) from lesson"), await _at.Store.AskAsync<long>("select count(*) from audit_entry where action = 'message.label'")));
        var (outcome, _, problem) = await _at.Get<MessageLabels>().SayAsync(label, [mail, 999_999], false, "Olga", CancellationToken.None);
        Assert.Equal(WriteOutcome.NotFound, outcome);
        Assert.Contains("999999", problem, StringComparison.Ordinal);
        Assert.Equal(LabelState.Set, (await _at.Store.StandsAsync(mail, label)).State);
    }

    [Fact]
    public async Task Two_processes_have_the_same_model_also_when_its_bytes_are_gone_and_one_of_them_makes_it()
    {
        await TaughtAsync();
        await using var other = await _at.AnotherAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? _at : other).Get<LabelLearner>().LearnAsync(_at.Mailbox, CancellationToken.None)));
        Assert.Equal((1, 1), ((await _at.LabelModelAsync()).Number, (await _at.LabelModelAsync()).History.Count));
        await using var third = await _at.AnotherAsync();
        await _at.Store.ExecuteAsync("update model_version set bytes = '\\x00' where topic = 'Labels'");
        foreach (var text in new[] { LabelsUnderTest.Wholesale(31), LabelsUnderTest.Customer(32), "" })
            Assert.Equal(await SayAsync(_at, text), await SayAsync(third, text));
        Assert.True((await SayAsync(third, LabelsUnderTest.Wholesale(31)))[0] > 0.5);

        static async Task<float[]> SayAsync(LearningUnderTest at, string text)
        {
            var model = (await at.Get<LabelModels>().GetAsync(at.Mailbox, 1, CancellationToken.None)).Model!;
            var probabilities = new float[1];
            model.Probabilities(text, [], probabilities);
            return probabilities;
        }
    }

    [Fact]
    public async Task Back_to_no_model_held_there_and_on_again_and_a_retired_label_is_left_out()
    {
        var label = await TaughtAsync();
        await _at.LearnLabelsAsync();
        var people = _at.Get<ModelPeople>();
        Assert.Equal(WriteOutcome.Done, await people.RollBackAsync(_at.Mailbox, null, 0, true, "Olga", CancellationToken.None, ModelTopic.Labels));
        var next = await _at.MailAsync("Reorder", LabelsUnderTest.Wholesale(40));
        Assert.Equal(LabelState.None, (await _at.Store.StandsAsync(next, label)).State);
        await _at.Store.SayAsync(label, true, next);
        var held = await _at.LearnLabelsAsync();
        Assert.Equal((0, true, 1), (held.Number, held.IsPinned, held.Waiting));
        // Categories are another topic: they are not held.
        Assert.False((await _at.ModelAsync()).IsPinned);
        Assert.Equal(WriteOutcome.Done, await people.PinAsync(_at.Mailbox, held.Revision, false, "Olga", CancellationToken.None, ModelTopic.Labels));
        var free = await _at.LearnLabelsAsync();
        Assert.Equal((2, 2, 0), (free.Number, free.History.Count, free.Waiting));

        Assert.Equal(WriteOutcome.Done, (await _at.Get<LabelStore>().RetireAsync(label, null, "Olga", CancellationToken.None)).Outcome);
        var (outcome, _, _) = await _at.Get<MessageLabels>().SayAsync(label, [next], false, "Olga", CancellationToken.None);
        Assert.Equal(WriteOutcome.WrongState, outcome);
        var without = await _at.LearnLabelsAsync();
        Assert.Equal(3, without.Number);
        Assert.Empty(without.History[0].Labels!.Labels);
        // Asked again, nothing is made anew.
        await _at.Store.EnqueueAsync(new NewWork(Stage.Learning, 0, _at.Mailbox));
        Assert.Equal(3, (await _at.LearnLabelsAsync()).History.Count);
        Assert.Equal(WriteOutcome.Done, (await _at.Get<LabelStore>().RestoreAsync(label, null, "Olga", CancellationToken.None)).Outcome);
        var again = await _at.LearnLabelsAsync();
        Assert.Equal((4, 11), (again.Number, again.History[0].Labels!.Labels[0].With));
    }

    [Fact]
    public void A_version_that_forgets_what_people_said_is_refused_and_one_that_gains_is_not()
    {
        TeamLabel[] labels = [new(1, 1, "A", "", default, false, 1)];
        LabelledText[] texts = [.. Enumerable.Range(0, 40).Select(i => new LabelledText(i % 2 == 0 ? "pallet carton trade" : "scratch money returned", [], i % 2 == 0 ? [0] : []))];
        LearnedLabels Model(Func<int, bool> has, int number) => new(number, LabelModels.Train(labels, [.. texts.Select((t, i) => t with { Labels = has(i) ? [0] : [] })], TimeProvider.System).Model,
            new LabelCard([1], 0.5, new LabelScoreView(0, 0, 0, 0.5, [])));
        LabelExample[] examples = [.. Enumerable.Range(0, 40).Select(i => new LabelExample(i, i % 2 == 0 ? [0] : [], [], i >= 36))];
        var (right, wrong) = (Model(i => i % 2 == 0, 1), Model(i => i % 2 == 1, 2));
        var refused = LabelVerdict.Of(labels, examples, texts, right, wrong);
        Assert.False(refused.IsAdopted);
        Assert.Contains("36 more of 36", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(40, refused.Changes.Count);
        Assert.True(LabelVerdict.Of(labels, examples, texts, wrong, right).IsAdopted);
        Assert.True(LabelVerdict.Of(labels, examples, texts, LearnedLabels.None, right) is { IsAdopted: true, Before.Right: 20, After.Right: 40 });
    }
}
