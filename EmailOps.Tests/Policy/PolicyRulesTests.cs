using EmailOps.Core.Contracts;
using EmailOps.Core.Policy;
using EmailOps.Core.Triage;
using EmailOps.Core.Triage.Taxonomies;
using EmailOps.Tests.Triage;

namespace EmailOps.Tests.Policy;

public class PolicyRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(100, DecisionKind.SendReply)]
    [InlineData(85, DecisionKind.SendReply)]
    [InlineData(84.9, DecisionKind.Suggest)]
    [InlineData(60, DecisionKind.Suggest)]
    [InlineData(59.9, DecisionKind.HoldForReview)]
    [InlineData(40, DecisionKind.HoldForReview)]
    [InlineData(39.9, DecisionKind.Escalate)]
    [InlineData(0, DecisionKind.Escalate)]
    public void Bands_decide_when_nothing_speaks_against(double confidence, DecisionKind expected)
        => Assert.Equal(expected, Decide(Result(confidence)).Kind);

    [Fact]
    public void The_first_reason_names_the_band()
        => Assert.Equal("Confidence 91 is at or above the automatic band of 85.", Decide(Result(91)).Reasons[0]);

    [Fact]
    public void More_confidence_never_gives_less_permission()
    {
        foreach (var result in Variants())
            foreach (var autonomy in Enum.GetValues<Autonomy>())
            {
                var last = -1;
                for (var confidence = 0.0; confidence <= 100; confidence += 2.5)
                {
                    var rank = Rank(Decide(result with { Confidence = confidence }, autonomy).Kind);
                    Assert.True(rank >= last, $"{autonomy} at {confidence}: {rank} after {last}");
                    last = rank;
                }
            }
    }

    [Fact]
    public void More_hostility_never_gives_more_permission()
    {
        foreach (var result in Variants())
            foreach (var autonomy in Enum.GetValues<Autonomy>())
            {
                var last = int.MaxValue;
                for (var hostility = 0.0; hostility <= 1; hostility += 0.05)
                {
                    var permission = InjectionCorpusTests.Permissiveness(Decide(result with { Hostility = hostility }, autonomy).Kind);
                    Assert.True(permission <= last, $"{autonomy} at hostility {hostility}: {permission} after {last}");
                    last = permission;
                }
            }
    }

    [Fact]
    public void Without_a_draft_nothing_is_sent_or_suggested()
    {
        foreach (var result in Variants())
            foreach (var autonomy in Enum.GetValues<Autonomy>())
                Assert.DoesNotContain(Decide(result with { Draft = null }, autonomy).Kind, new[] { DecisionKind.SendReply, DecisionKind.Suggest });
    }

    [Theory]
    [InlineData(0, DecisionKind.SendReply)]
    [InlineData(1, DecisionKind.Suggest)]
    [InlineData(2, DecisionKind.HoldForReview)]
    [InlineData(3, DecisionKind.Escalate)]
    [InlineData(4, DecisionKind.File)]
    [InlineData(5, DecisionKind.Quarantine)]
    public void The_autonomy_of_a_category_is_a_ceiling(int autonomy, DecisionKind expected)
        => Assert.Equal(expected, Decide(Result(99), (Autonomy)autonomy).Kind);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_category_that_puts_mail_away_must_be_sure(int autonomy)
        => Assert.Equal(DecisionKind.HoldForReview, Decide(Result(99) with { CategoryConfidence = 0.5 }, (Autonomy)autonomy).Kind);

    [Fact]
    public void Automated_mail_is_filed_and_hostile_automated_mail_is_quarantined()
    {
        Assert.Equal(DecisionKind.File, Decide(Result(99) with { IsAutomated = true }).Kind);
        Assert.Equal(DecisionKind.Quarantine, Decide(Result(99) with { IsAutomated = true, Hostility = 0.9 }).Kind);
    }

    [Fact]
    public void A_trigger_escalates_whatever_the_confidence()
    {
        var decision = Decide(Result(99) with { EscalationReason = "Threatens legal steps." });
        Assert.Equal(DecisionKind.Escalate, decision.Kind);
        Assert.Contains("Threatens legal steps.", decision.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_paused_mailbox_only_suggests()
        => Assert.Equal(DecisionKind.Suggest, PolicyRules.Decide(Result(99), new MailboxPolicy { AutomationPaused = true }, Category(Autonomy.SendReply), s_now).Kind);

    [Theory]
    [InlineData(SenderTrust.Unchecked, DecisionKind.SendReply)]
    [InlineData(SenderTrust.Verified, DecisionKind.SendReply)]
    [InlineData(SenderTrust.Unverified, DecisionKind.Suggest)]
    [InlineData(SenderTrust.Failed, DecisionKind.HoldForReview)]
    public void Who_cannot_be_told_is_not_answered_alone(SenderTrust trust, DecisionKind most)
    {
        var decision = PolicyRules.Decide(Result(99), MailboxPolicy.Default, Category(Autonomy.SendReply), s_now, trust: trust);
        Assert.Equal(most, decision.Kind);
        Assert.All(Variants(), result => Assert.True(Rank(PolicyRules.Decide(result, MailboxPolicy.Default, Category(Autonomy.SendReply), s_now, trust: trust).Kind) <= Rank(Decide(result).Kind)));
    }

    [Fact]
    public void A_category_the_taxonomy_no_longer_has_is_held()
        => Assert.Equal(DecisionKind.HoldForReview, PolicyRules.Decide(Result(99), MailboxPolicy.Default, null, s_now).Kind);

    [Fact]
    public void The_same_input_gives_the_same_decision_and_names_the_policy()
    {
        var policy = new MailboxPolicy { Version = 7 };
        var (first, second) = (PolicyRules.Decide(Result(70), policy, Category(Autonomy.SendReply), s_now), PolicyRules.Decide(Result(70), policy, Category(Autonomy.SendReply), s_now));
        Assert.Equal(first.Kind, second.Kind);
        Assert.Equal(first.Reasons, second.Reasons);
        Assert.Equal($"rules-{PolicyRules.Rules}/policy-7", first.PolicyVersion);
    }

    [Fact]
    public void Every_decision_has_a_reason_that_is_a_sentence()
    {
        foreach (var result in Variants())
            foreach (var autonomy in Enum.GetValues<Autonomy>())
                Assert.All(Decide(result, autonomy).Reasons, r => Assert.EndsWith(".", r, StringComparison.Ordinal));
    }

    private static IEnumerable<TriageResult> Variants()
    {
        foreach (var draft in new[] { true, false })
            foreach (var automated in new[] { true, false })
                foreach (var escalation in new[] { null, "Somebody was hurt." })
                    foreach (var hostility in new[] { 0, 0.3, 0.5, 0.9 })
                        foreach (var sure in new[] { 0.3, 0.95 })
                            yield return Result(90) with { Draft = draft ? Result(90).Draft : null, IsAutomated = automated, EscalationReason = escalation, Hostility = hostility, CategoryConfidence = sure };
    }

    private static int Rank(DecisionKind kind) => kind switch { DecisionKind.SendReply => 3, DecisionKind.Suggest => 2, DecisionKind.HoldForReview => 1, _ => 0 };

    private static Decision Decide(TriageResult result, Autonomy autonomy = Autonomy.SendReply) => PolicyRules.Decide(result, MailboxPolicy.Default, Category(autonomy), s_now);

    private static CategoryRules Category(Autonomy autonomy) => new("orders", "Orders", "", 5, autonomy, []);

    private static TriageResult Result(double confidence) => new()
    {
        Category = "orders",
        CategoryConfidence = 0.95,
        Alternatives = [],
        Priority = 5,
        Language = "en",
        Summary = "",
        Confidence = confidence,
        Hostility = 0,
        IsAutomated = false,
        Signals = [],
        Entities = [],
        Citations = [],
        Draft = new DraftProposal("Hello", "en", []),
        Runs = [],
        ModelVersion = "test",
    };
}
