using EmailOps.Core.Contracts;
using EmailOps.Core.Drafts;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Tests.Triage.Consulting;

public class MergeTests
{
    private static readonly ConsultOptions s_limits = new();
    private static readonly Taxonomy s_taxonomy = TriageUnderTest.Setup.Taxonomy;

    private static TriageResult Built(string category, double confidence, double grounding = 0.9) => TriageUnderTest.Pipeline.Run(TriageUnderTest.Mail("How long does delivery to Norway take and what does it cost?")) with
    {
        Category = category, CategoryConfidence = confidence, Alternatives = [new CategoryScore(category, confidence)], Scope = 0.8, Hostility = 0, Priority = 5,
        Parts = new ConfidenceParts(confidence, grounding, 1, 1, 0), Confidence = new ConfidenceParts(confidence, grounding, 1, 1, 0).Value,
    };

    private static string Of(Autonomy autonomy) => s_taxonomy.Categories.First(c => c.Autonomy == autonomy).Id;

    private static Decision Decide(TriageResult result) => PolicyRules.Decide(result, MailboxPolicy.Default, s_taxonomy.Find(result.Category), TriageUnderTest.Now);

    private static int Permission(DecisionKind kind) => kind switch { DecisionKind.SendReply => 3, DecisionKind.Suggest => 2, DecisionKind.HoldForReview => 1, _ => 0 };

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 4)]
    [InlineData(10, 7)]
    public void Priority_moves_two_steps_at_most(int said, int expected)
        => Assert.Equal(expected, Merge.Judge(Built("shipping", 0.5), new JudgeAnswer("shipping", said, ""), s_taxonomy, s_limits).Priority);

    [Fact]
    public void What_must_be_seen_in_time_is_not_put_off()
        => Assert.Equal(5, Merge.Judge(Built("shipping", 0.5) with { EscalationReason = "A lawyer writes." }, new JudgeAnswer("shipping", 1, ""), s_taxonomy, s_limits).Priority);

    [Fact]
    public void No_answer_of_a_model_makes_a_decision_more_permissive_than_the_stricter_category_allows()
    {
        foreach (var category in s_taxonomy.Categories)
            foreach (var choice in s_taxonomy.Categories.Select(c => c.Id).Append(null))
                foreach (var confidence in (double[])[0.05, 0.3, 0.5, 0.69])
                {
                    var built = Built(category.Id, confidence);
                    var merged = Merge.Judge(built, new JudgeAnswer(choice, 5, "Because."), s_taxonomy, s_limits);
                    var most = category.Autonomy switch { Autonomy.SendReply => 3, Autonomy.Suggest => 2, Autonomy.Escalate => 0, _ => 1 };
                    Assert.True(Permission(Decide(merged).Kind) <= most, $"{category.Id} at {confidence} with {choice}: {Decide(merged).Kind}");
                    Assert.True(merged.CategoryConfidence <= Math.Max(confidence, s_limits.ModelTrust));
                }
    }

    [Fact]
    public void Hostility_doubt_and_other_ceilings_stay_whatever_the_model_says()
    {
        var built = Built("shipping", 0.5) with { Hostility = 0.45, Ceilings = [new Ceiling(DecisionKind.HoldForReview, "Somebody found a reason.")], EscalationReason = "A lawyer writes.", IsAutomated = false };
        var merged = Merge.Judge(built, new JudgeAnswer("shipping", 9, ""), s_taxonomy, s_limits);
        Assert.Equal((built.Hostility, built.EscalationReason, built.Ceilings[0]), (merged.Hostility, merged.EscalationReason, merged.Ceilings[0]));
        Assert.Equal(DecisionKind.Escalate, Decide(merged).Kind);
        Assert.Equal(DecisionKind.HoldForReview, Decide(merged with { EscalationReason = null }).Kind);
    }

    [Fact]
    public void Mail_is_never_put_away_unseen_on_a_models_word_alone()
    {
        foreach (var autonomy in (Autonomy[])[Autonomy.File, Autonomy.Quarantine])
        {
            var merged = Merge.Judge(Built("shipping", 0.3) with { Alternatives = [new CategoryScore("shipping", 0.3), new CategoryScore(Of(autonomy), 0.29)] }, new JudgeAnswer(Of(autonomy), 1, ""), s_taxonomy, s_limits);
            Assert.Equal(Of(autonomy), merged.Category);
            Assert.Equal(DecisionKind.HoldForReview, Decide(merged).Kind);
        }
    }

    [Fact]
    public void A_step_that_failed_goes_on_limiting_confidence_but_a_question_that_failed_does_not()
    {
        var built = Built("shipping", 0.6) with { Runs = [new AgentRun("language", 0, 1, AgentOutcome.Failed, "")], Confidence = 50 };
        Assert.Equal(50, Merge.Judge(built, new JudgeAnswer("shipping", 5, ""), s_taxonomy, s_limits).Confidence);
        var asked = Built("shipping", 0.6) with { Runs = [new AgentRun("consult-judge", 0, 1, AgentOutcome.Failed, "", new ModelStamp("a", "b", "c", 0, 0, 0, false))] };
        Assert.True(Merge.Judge(asked, new JudgeAnswer("shipping", 5, ""), s_taxonomy, s_limits).Confidence > 60);
    }

    [Fact]
    public void A_mail_of_no_known_category_stays_doubtful_however_sure_the_model_is()
    {
        var inScope = Merge.Judge(Built("shipping", 0.6), new JudgeAnswer("shipping", 5, ""), s_taxonomy, s_limits);
        var outside = Merge.Judge(Built("shipping", 0.6) with { Scope = 0.001 }, new JudgeAnswer("shipping", 5, ""), s_taxonomy, s_limits);
        Assert.True(outside.Confidence < inScope.Confidence * 0.8);
    }

    [Fact]
    public void A_models_draft_stands_between_greeting_and_sign_off_cites_its_passages_and_is_sent_by_a_person()
    {
        var built = Built("shipping", 0.99);
        Assert.Equal(DecisionKind.SendReply, Decide(built).Kind);
        var passages = PromptWriter.Passages(built);
        var merged = Merge.Draft(built, [new DraftParagraph("It takes a while.", [1])], passages, new ReplyComposer(s_taxonomy.Reply), TriageUnderTest.Mail("How long does delivery to Norway take?"), s_taxonomy.Reply);
        Assert.StartsWith("Hello Kim", merged.Draft!.Body.Replace("Dear", "Hello", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\n\nIt takes a while.\n\n", merged.Draft.Body, StringComparison.Ordinal);
        Assert.Equal(passages[0].Passage.Article.Title, Assert.Single(merged.Draft.Citations).Article);
        Assert.Equal(DecisionKind.Suggest, Decide(merged).Kind);
        Assert.Equal(built.Confidence, merged.Confidence);
    }

    [Fact]
    public void A_model_that_finds_no_answer_in_the_passages_takes_the_draft_out_of_automation()
    {
        var merged = Merge.Draft(Built("shipping", 0.99), [], PromptWriter.Passages(Built("shipping", 0.99)), new ReplyComposer(s_taxonomy.Reply), TriageUnderTest.Mail("How long?"), s_taxonomy.Reply);
        Assert.NotNull(merged.Draft);
        Assert.Equal(DecisionKind.Suggest, Decide(merged).Kind);
    }
}
