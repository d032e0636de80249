using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Agents;

namespace EmailOps.Tests.Triage;

public class UnsolicitedTests
{
    private const string Advert = "Dear Sir,\n\nI came across your website. Our SEO experts get new clients on the first page of Google and boost your sales. Schedule a call this week.\n\nTo unsubscribe, click here.";

    [Fact]
    public void Advertising_is_never_answered_without_a_person_and_the_reason_is_said()
    {
        var result = TriageUnderTest.Run(Advert, "Grow your business");
        var signal = Assert.Single(result.Signals, s => s.Name == "unsolicited");
        Assert.True(signal.Weight <= -UnsolicitedAgent.HoldFrom);
        Assert.Contains(result.Ceilings, c => c.Most == DecisionKind.HoldForReview);
        Assert.True(TriageUnderTest.Decide(result).Kind >= DecisionKind.HoldForReview);
    }

    [Theory]
    [InlineData("Please unsubscribe me from your newsletter, I get it twice.")]
    [InlineData("Dear Sir, I ordered two lamps during your special offer, order number 8841, and one is broken. I hope this email finds you well.")]
    [InlineData("Can I get the free trial although I am not a new customer?")]
    [InlineData("Sehr geehrte Damen und Herren, meine Bestellung zum Sonderangebot ist nicht angekommen. Jetzt bestellen ging nur einmal.")]
    [InlineData("Your special offer ends today. Does the limited time price hold for the blue one too?")]
    public void Customers_are_not_taken_for_advertisers(string text)
    {
        var result = TriageUnderTest.Run(text);
        Assert.Empty(result.Ceilings);
        Assert.DoesNotContain(result.Signals, s => s.Name == "unsolicited");
    }

    [Fact]
    public void In_a_running_thread_nothing_is_unsolicited()
    {
        var result = TriageUnderTest.Pipeline.Run(TriageUnderTest.Mail(Advert) with { ThreadPosition = 2 });
        Assert.Equal(AgentOutcome.Skipped, Assert.Single(result.Runs, r => r.Agent == "unsolicited").Outcome);
        Assert.Empty(result.Ceilings);
    }
}
