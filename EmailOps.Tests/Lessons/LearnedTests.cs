using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Learning;
using EmailOps.Core.Messages;
using EmailOps.Core.Policy;
using EmailOps.Core.Policy.Risk;
using EmailOps.Core.Triage.Lessons;
using EmailOps.Core.Triage.Taxonomies;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Lessons;

/// <summary>What is learned, without a store.</summary>
public sealed class LearnedTests
{
    private static Lesson Of(long id, LessonKind kind, string category, string text, int priority = 0, int was = 0, double changed = 0) => new(id, id, kind, category, priority, was, changed, text);

    [Fact]
    public void Of_lessons_about_the_same_text_the_latest_wins_and_a_word_outweighs_a_draft()
    {
        Lesson[] lessons =
        [
            Of(1, LessonKind.Category, "shipping", "Where is\nmy parcel"), Of(2, LessonKind.Category, "order-status", "where is my  PARCEL"), Of(3, LessonKind.Approved, "shipping", "where is my parcel"),
            Of(4, LessonKind.Approved, "account", "log in"), Of(5, LessonKind.Edited, "complaint", "log in"),
        ];
        var inForce = GoldenSet.InForce(lessons);
        Assert.Equal([2L, 3, 5], inForce.Select(l => l.Id));
        Assert.Equal([(2L, "order-status"), (5L, "complaint")], GoldenSet.Categories(inForce).Select(l => (l.Id, l.Category)));
    }

    [Fact]
    public void A_priority_moves_as_far_as_people_moved_it_and_no_further_than_three()
    {
        var facts = LearnedFacts.Of([Of(1, LessonKind.Priority, "a", "1", 8, 5), Of(2, LessonKind.Priority, "a", "2", 7, 5), Of(3, LessonKind.Priority, "b", "3", 5, 6), Of(4, LessonKind.Priority, "c", "4", 10, 1), Of(5, LessonKind.Priority, "c", "5", 10, 1)]);
        Assert.Equal([("a", 2), ("c", 3)], facts.Priorities.Select(p => (p.Key, p.Value)).Order());
        Assert.Equal(0, LearnedFacts.Of([Of(3, LessonKind.Priority, "b", "3", 5, 6)]).Priorities.GetValueOrDefault("b"));
    }

    [Fact]
    public void Rejected_drafts_make_the_next_less_sure_and_good_ones_never_surer()
    {
        var bad = LearnedFacts.Of(Enumerable.Range(0, 20).Select(i => Of(i, LessonKind.Rejected, "shipping", $"{i}")));
        var good = LearnedFacts.Of(Enumerable.Range(0, 20).Select(i => Of(i, LessonKind.Approved, "shipping", $"{i}")));
        Assert.Equal(0.75, bad.Answers["shipping"].Factor);
        Assert.Equal(1, good.Answers["shipping"].Factor);
        Assert.InRange(LearnedFacts.Of([Of(1, LessonKind.Rejected, "shipping", "1")]).Answers["shipping"].Factor, 0.85, 0.95);

        var mail = TriageUnderTest.Mail("How long does delivery to Germany take?", "Delivery time");
        var knowledge = new Core.Knowledge.KnowledgeIndex(Core.Knowledge.KnowledgeFolder.Read(Path.Combine(TriageUnderTest.Samples, "knowledge")).Articles);
        var plain = TriageUnderTest.Pipeline.Run(mail);
        var learned = TriageUnderTest.Setup.Pipeline(knowledge, TriageUnderTest.Setup.Base with
        {
            Facts = new LearnedFacts(new Dictionary<string, int> { [plain.Category] = 2 }, new Dictionary<string, AnswerRecord> { [plain.Category] = bad.Answers["shipping"] }),
        }).Run(mail);
        Assert.NotNull(plain.Draft);
        Assert.Equal(plain.Confidence * 0.75, learned.Confidence, 0.11);
        Assert.Equal(plain.Priority + 2, learned.Priority);
        Assert.Contains(learned.Signals, s => s is { Name: "priority-learned", Evidence: "+2" });
        Assert.Contains(learned.Signals, s => s.Name == "answers-learned");
    }

    [Theory]
    [InlineData("one two three four", "one two three four", 0)]
    [InlineData("one two three four", "one two 3 four", 0.25)]
    [InlineData("one two", "", 1)]
    [InlineData("", "", 0)]
    [InlineData("a b c d", "x a b c d", 0.2)]
    public void A_draft_is_changed_by_the_share_of_its_words(string proposed, string used, double share) => Assert.Equal(share, DraftChange.Share(proposed, used), 9);

    [Fact]
    public void A_huge_draft_is_compared_in_bounded_time() => Assert.InRange(DraftChange.Share(string.Join(' ', Enumerable.Range(0, 100_000)), string.Join(' ', Enumerable.Range(1, 100_000))), 0, 0.01);

    [Fact]
    public void A_version_that_spoils_what_people_decided_is_refused()
    {
        GoldenRow[] rows = [.. Enumerable.Range(1, 4).Select(i => new GoldenRow(i, i, new TrainingText("x", 0, []), i == 4)), .. Enumerable.Range(0, 200).Select(_ => new GoldenRow(0, 0, new TrainingText("x", 0, []), false))];
        JudgedRow[] Judged(params int[] wrong) => [.. rows.Select((_, i) => new JudgedRow("a", wrong.Contains(i) ? "b" : "a", 0.9))];

        Assert.True(Verdict.Of(rows, Judged(3), Judged()).IsAdopted);
        Assert.True(Verdict.Of(rows, Judged(3, 10), Judged(11)).IsAdopted);
        var spoiled = Verdict.Of(rows, Judged(3), Judged(1));
        Assert.False(spoiled.IsAdopted);
        Assert.Contains("that people decided before", spoiled.Reason, StringComparison.Ordinal);
        Assert.Equal((2, "b"), (spoiled.Changes[0].MessageId, spoiled.Changes[0].After));
        // One example may turn, not three.
        Assert.True(Verdict.Of(rows, Judged(3), Judged(50)).IsAdopted);
        Assert.False(Verdict.Of(rows, Judged(3), Judged(50, 51, 52)).IsAdopted);
        Assert.False(Verdict.Of(rows, Judged(), Judged(3)).IsAdopted);
    }

    [Theory]
    [InlineData("Waiting", null, DecisionKind.SendReply, "automatic band of 85")]
    [InlineData("Set", 92.0, DecisionKind.Suggest, "below 92")]
    [InlineData("Set", 70.0, DecisionKind.SendReply, "from where at most 2 %")]
    [InlineData("Refused", null, DecisionKind.Suggest, "contradict the risk budget")]
    public void A_risk_budget_moves_the_automatic_band_and_says_why(string stateName, double? threshold, DecisionKind expected, string reason)
    {
        var state = Enum.Parse<RiskState>(stateName);
        var result = TriageUnderTest.Run("x") with { Category = "shipping", CategoryConfidence = 0.95, Confidence = 90, Draft = new("x", "en", []), IsAutomated = false, Hostility = 0, EscalationReason = null };
        var rules = TriageUnderTest.Setup.Taxonomy["shipping"] with { Autonomy = Autonomy.SendReply };
        foreach (var key in new[] { "shipping", "" })
        {
            var policy = MailboxPolicy.Default with { Risk = new Dictionary<string, RiskRule> { [key] = new(key, 0.02, 0.1, state, threshold, 12, 200) } };
            var decision = PolicyRules.Decide(result, policy, rules, TriageUnderTest.Now, null, SenderTrust.Verified);
            Assert.Equal(expected, decision.Kind);
            Assert.Contains(decision.Reasons, r => r.Contains(reason, StringComparison.Ordinal));
        }
        // However low the threshold, what is below the suggestion band is not answered.
        Assert.NotEqual(DecisionKind.SendReply, PolicyRules.Decide(result with { Confidence = 55 }, MailboxPolicy.Default with { Risk = new Dictionary<string, RiskRule> { [""] = new("", 0.02, 0.1, RiskState.Set, 10, 0, 200) } }, rules, TriageUnderTest.Now).Kind);
        // A budget of its own goes before the one for all.
        var both = MailboxPolicy.Default with { Risk = new Dictionary<string, RiskRule> { [""] = new("", 0.02, 0.1, RiskState.Refused, null, 0, 9), ["shipping"] = new("shipping", 0.02, 0.1, RiskState.Set, 80, 0, 200) } };
        Assert.Equal(DecisionKind.SendReply, PolicyRules.Decide(result, both, rules, TriageUnderTest.Now, null, SenderTrust.Verified).Kind);
    }

    [Fact]
    public void A_lesson_is_about_the_same_words_that_triage_reads()
    {
        const string Subject = "Re: Parcel\u200B 4711", Words = "My answer\n> your question\nand more";
        var mail = new IncomingMessage { Id = 1, MailboxId = 1, Subject = Subject, From = new Correspondent(null, "a@b.test"), ReceivedAt = TriageUnderTest.Now, Text = Words, NewText = Words };
        var context = new Core.Triage.TriageContext();
        context.Begin(mail);
        Assert.Equal(context.Text.Text, Core.Triage.TriageContext.WordsOf(Subject, Words, out _, out _));
    }
}
