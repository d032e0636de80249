using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Triage;

namespace EmailOps.Tests.Scale;

public sealed class StoredFindingsTests
{
    private static readonly TriageFindings s_findings = new()
    {
        Alternatives = [], Signals = [], Entities = [], Citations = [],
        Runs = [new AgentRun("language", 19, 55, AgentOutcome.Ran, "Written in \"de\", für alle."), new AgentRun("consult", 1, 2, AgentOutcome.Skipped, "", new ModelStamp("local", "small", "judge/3", 10, 20, 0.5m, true))],
    };

    [Fact]
    public void Runs_are_read_as_they_were_written_and_take_less_room()
    {
        var stored = Sql.Json(s_findings);

        Assert.Equal(s_findings.Runs, Sql.FromJson<TriageFindings>(stored).Runs);
        Assert.DoesNotContain("durationMicroseconds", stored, StringComparison.Ordinal);
        Assert.Contains("für", stored, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_results_stored_before_are_read_too()
    {
        var old = $$"""{"alternatives":[],"signals":[],"entities":[],"citations":[],"runs":{{System.Text.Json.JsonSerializer.Serialize(s_findings.Runs, ContractJson.Options)}}}""";

        Assert.Equal(s_findings.Runs, Sql.FromJson<TriageFindings>(old).Runs);
    }

    [Fact]
    public void Findings_at_hand_stand_only_for_the_judgement_they_belong_to()
    {
        var hand = new FindingsAtHand();
        var then = new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
        hand.Keep(1, then, s_findings);
        hand.Keep(2, then, s_findings);

        Assert.Same(s_findings, hand.Take(1, then));
        Assert.Null(hand.Take(1, then)); // taken
        Assert.Null(hand.Take(2, then.AddMicroseconds(1))); // judged again by somebody else
    }

    [Fact]
    public void Of_findings_that_nobody_asks_for_only_the_newest_are_kept()
    {
        var hand = new FindingsAtHand();
        for (var i = 0; i < 5_000; i++) hand.Keep(i, default, s_findings);

        Assert.False(hand.Has(0));
        Assert.True(hand.Has(4_999));
        Assert.InRange(Enumerable.Range(0, 5_000).Count(i => hand.Has(i)), 1, 2_000);
    }
}
