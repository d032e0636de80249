using EmailOps.Core.Contracts;
using EmailOps.Core.Messages;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Consulting;
using EmailOps.Core.Triage.Taxonomies;

namespace EmailOps.Tests.Triage.Consulting;

public class ConsultRulesTests
{
    private static readonly ConsultOptions s_limits = new();

    private static readonly IncomingMessage s_mail = TriageUnderTest.Mail("Where is my parcel? Tracking has not moved since Monday.");

    private static readonly TriageResult s_sure = TriageUnderTest.Pipeline.Run(TriageUnderTest.Mail("How long does delivery to Norway take and what does it cost?")) with
    {
        CategoryConfidence = 0.97, Scope = 0.8, Hostility = 0, Parts = new ConfidenceParts(0.97, 0.9, 1, 1, 0),
    };

    private static ConsultPlan Plan(TriageResult result, IncomingMessage? mail = null, ModelUse use = ModelUse.WhenUnsure)
        => ConsultRules.Plan(result, mail ?? s_mail, TriageUnderTest.Setup.Taxonomy.Find(result.Category), use, s_limits);

    [Fact]
    public void What_the_built_in_model_is_sure_of_is_not_asked()
    {
        var plan = Plan(s_sure);
        Assert.False(plan.Wants);
        Assert.Equal("The built-in model is sure enough.", plan.Reason);
    }

    [Theory]
    [InlineData(0.69, 0.8, true)]
    [InlineData(0.70, 0.8, false)]
    [InlineData(0.99, 0.01, true)]
    public void The_category_is_asked_where_it_is_unsure_or_out_of_scope(double confidence, double scope, bool expected)
        => Assert.Equal(expected ? ConsultQuestions.Judge : ConsultQuestions.None, Plan(s_sure with { CategoryConfidence = confidence, Scope = scope }).Questions);

    [Fact]
    public void A_draft_is_asked_where_the_passages_fit_weakly_and_only_where_there_are_any()
    {
        var weak = s_sure with { Parts = s_sure.Parts! with { Grounding = 0.4 } };
        Assert.Equal(ConsultQuestions.Draft, Plan(weak).Questions);
        Assert.Equal(ConsultQuestions.None, Plan(weak with { Questions = [new QuestionFound("What?", [])], Draft = null }).Questions);
        Assert.Equal(ConsultQuestions.Draft, Plan(s_sure with { Questions = [.. s_sure.Questions, new QuestionFound("And what else?", [])] }).Questions);
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("escalate")]
    [InlineData("file")]
    [InlineData("quarantine")]
    public void A_category_that_promotes_no_draft_is_asked_for_none(string autonomy)
    {
        var wanted = Enum.Parse<Autonomy>(autonomy, ignoreCase: true);
        var weak = s_sure with { Parts = s_sure.Parts! with { Grounding = 0.1 } };
        var rules = TriageUnderTest.Setup.Taxonomy[weak.Category] with { Autonomy = wanted };
        Assert.Equal(ConsultQuestions.None, ConsultRules.Plan(weak, s_mail, rules, ModelUse.Always, s_limits).Questions & ConsultQuestions.Draft);
    }

    [Fact]
    public void Long_threads_and_long_mails_are_summed_up()
    {
        Assert.Equal(ConsultQuestions.Summary, Plan(s_sure, s_mail with { ThreadPosition = 3 }).Questions);
        Assert.Equal(ConsultQuestions.None, Plan(s_sure, s_mail with { ThreadPosition = 2 }).Questions);
        Assert.Equal(ConsultQuestions.Summary, Plan(s_sure, s_mail with { NewText = new string('a', 4_000) }).Questions);
    }

    [Fact]
    public void Always_asks_for_the_category_of_what_people_write()
        => Assert.Equal(ConsultQuestions.Judge, Plan(s_sure, use: ModelUse.Always).Questions);

    [Theory]
    [InlineData(ModelUse.WhenUnsure)]
    [InlineData(ModelUse.Always)]
    public void Machines_attacks_empty_and_endless_mail_are_never_asked_about(ModelUse use)
    {
        var unsure = s_sure with { CategoryConfidence = 0.2, Scope = 0, Parts = s_sure.Parts! with { Grounding = 0.1 } };
        Assert.True(Plan(unsure, use: use).Wants);
        Assert.False(Plan(unsure with { IsAutomated = true }, use: use).Wants);
        Assert.False(Plan(unsure with { Hostility = 0.4 }, use: use).Wants);
        Assert.False(Plan(unsure, s_mail with { NewText = new string('a', 20_001) }, use).Wants);
        Assert.False(Plan(unsure, s_mail with { NewText = " \n", Subject = "" }, use).Wants);
        Assert.False(Plan(unsure, use: ModelUse.Never).Wants);
    }

    [Fact]
    public void Much_of_the_sample_mailbox_needs_no_model_and_none_of_its_attacks_reaches_one()
    {
        var cases = SampleMailboxTests.All();
        var plans = cases.Select(mail => (mail, Result: TriageUnderTest.Pipeline.Run(mail))).Select(c => (c.Result, Plan: Plan(c.Result, c.mail))).ToList();
        Console.WriteLine($"sample mailbox: {plans.Count(p => !p.Plan.Wants)} of {plans.Count} mails need no language model");
        Assert.True(plans.Count(p => !p.Plan.Wants) >= plans.Count * 2 / 5, $"{plans.Count(p => p.Plan.Wants)} of {plans.Count} would be asked about.");
        Assert.All(plans.Where(p => p.Result.IsAutomated || p.Result.Hostility >= 0.4), p => Assert.False(p.Plan.Wants));
        Assert.Contains(plans, p => p.Plan.Wants);
    }
}
