using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class RiskControlTests
{
    [Theory]
    [InlineData(0, 10, 0.1, 0.3486784401)]
    [InlineData(2, 10, 0.1, 0.9298091736)]
    [InlineData(5, 10, 0.5, 0.623046875)]
    [InlineData(3, 100, 0.05, 0.2578386)]
    [InlineData(0, 1000, 0.001, 0.3676954248)]
    public void The_tail_is_that_of_the_binomial_distribution(int k, int n, double p, double expected) => Assert.Equal(expected, Binomial.AtMost(k, n, p), 6);

    [Fact]
    public void The_tail_agrees_with_its_sum()
    {
        foreach (var (n, p) in new[] { (1, 0.3), (7, 0.01), (60, 0.02), (60, 0.5), (200, 0.97) })
        {
            var (sum, term) = (0.0, Math.Pow(1 - p, n));
            for (var k = 0; k <= n; k++)
            {
                sum += term;
                Assert.Equal(sum, Binomial.AtMost(k, n, p), 9);
                term *= (n - k) / (k + 1.0) * p / (1 - p);
            }
        }
    }

    [Theory]
    [InlineData(0, 45, 0.1, 0.04988)]
    [InlineData(1, 20, 0.05, 0.21611)]
    [InlineData(20, 20, 0.05, 1)]
    public void The_upper_bound_is_that_of_Clopper_and_Pearson(int k, int n, double doubt, double expected) => Assert.Equal(expected, Binomial.UpperBound(k, n, doubt), 4);

    [Fact]
    public void A_bound_is_broken_as_seldom_as_it_says()
    {
        var random = new Random(5);
        foreach (var share in new[] { 0.01, 0.05, 0.3 })
        {
            var (broken, runs) = (0, 2_000);
            for (var run = 0; run < runs; run++)
            {
                var k = Enumerable.Range(0, 80).Count(_ => random.NextDouble() < share);
                broken += Binomial.UpperBound(k, 80, 0.1) < share ? 1 : 0;
            }
            Assert.InRange(broken / (double)runs, 0, 0.1 + 3 * Math.Sqrt(0.09 / runs));
        }
    }

    /// <summary>World, accepted share, outcomes, and how often of a hundred at least a threshold must be found: a promise is easily kept by never saying anything.</summary>
    public static TheoryData<string, double, int, int> Worlds => new()
    {
        { "steep", 0.05, 400, 30 }, { "steep", 0.1, 1_000, 90 }, { "flat", 0.05, 600, 0 }, { "edge", 0.05, 300, 0 }, { "edge", 0.1, 250, 30 }, { "narrow", 0.05, 500, 0 }, { "cliff", 0.05, 800, 60 },
    };

    /// <summary>Draws outcomes from a world whose true risk is known, and counts how often a threshold breaks the promise.</summary>
    [Theory]
    [MemberData(nameof(Worlds))]
    public void The_promise_is_broken_no_more_often_than_the_doubt_allows(string world, double mostWrong, int outcomes, int atLeast)
    {
        const double Doubt = 0.1;
        var random = new Random(world.Length * 1_000 + outcomes);
        var (broken, set, runs) = (0, 0, 1_000);
        var risks = TrueRisks(world);
        for (var run = 0; run < runs; run++)
        {
            var drawn = Enumerable.Range(0, outcomes).Select(_ => Draw(world, random)).ToList();
            var found = RiskControl.Find(drawn, mostWrong, Doubt, 85);
            if (found.State != RiskState.Set) continue;
            set++;
            broken += risks[(int)found.Threshold!.Value] > mostWrong ? 1 : 0;
        }
        Assert.InRange(broken / (double)runs, 0, Doubt + 3 * Math.Sqrt(Doubt * (1 - Doubt) / runs));
        Assert.InRange(set, runs * atLeast / 100, runs);
    }

    [Fact]
    public void More_outcomes_of_the_same_kind_let_more_mail_be_answered()
    {
        var random = new Random(7);
        var all = Enumerable.Range(0, 8_000).Select(_ => Draw("steep", random)).ToList();
        var few = RiskControl.Find(all[..500], 0.05, 0.1, 85);
        var many = RiskControl.Find(all, 0.05, 0.1, 85);
        Assert.Equal((RiskState.Set, RiskState.Set), (few.State, many.State));
        Assert.True(many.Threshold <= few.Threshold, $"{many.Threshold} with 8,000, {few.Threshold} with 500");
    }

    [Fact]
    public void Without_enough_outcomes_it_says_how_many_are_missing_and_then_they_are_enough()
    {
        var few = Enumerable.Repeat(new Outcome(92, true), 20).ToList();
        var found = RiskControl.Find(few, 0.05, 0.1, 85);
        Assert.Equal(RiskState.Waiting, found.State);
        Assert.Equal(RiskControl.LeastOutcomes(0.05, 0.025) - 20, found.Missing);
        var enough = RiskControl.Find([.. few, .. Enumerable.Repeat(new Outcome(92, true), found.Missing)], 0.05, 0.1, 85);
        Assert.Equal((RiskState.Set, 0), (enough.State, enough.Missing));
        Assert.Equal(RiskState.Waiting, RiskControl.Find([.. few, .. Enumerable.Repeat(new Outcome(92, true), found.Missing - 1)], 0.05, 0.1, 85).State);
    }

    [Fact]
    public void Evidence_against_the_promise_at_the_band_ends_automatic_answers()
    {
        var bad = Enumerable.Range(0, 100).Select(i => new Outcome(90, i % 4 != 0)).ToList();
        Assert.Equal(RiskState.Refused, RiskControl.Find(bad, 0.05, 0.1, 85).State);
        Assert.Equal(RiskState.Waiting, RiskControl.Find([], 0.05, 0.1, 85).State);
    }

    [Fact]
    public void The_curve_keeps_less_and_less_as_confidence_rises()
    {
        var random = new Random(3);
        var curve = RiskControl.Curve([.. Enumerable.Range(0, 300).Select(_ => Draw("steep", random))], 0.1);
        Assert.Equal(101, curve.Count);
        Assert.Equal((1.0, 300), (curve[^1].Coverage, curve[^1].Kept));
        Assert.All(curve.Zip(curve.Skip(1)), pair => Assert.True(pair.First.Kept <= pair.Second.Kept));
        Assert.All(curve, p => Assert.True(p.Upper >= p.Error));
    }

    /// <summary>Confidence is drawn evenly; how often an answer is wrong at a confidence depends on the world.</summary>
    private static double Wrong(string world, double confidence) => world switch
    {
        "steep" => Math.Pow(1 - confidence / 100, 2) * 0.9,
        "flat" => 0.07,
        "edge" => confidence > 60 ? 0.049 : 0.12,
        "narrow" => confidence > 97 ? 0 : 0.3,
        "cliff" => confidence >= 80 ? 0.01 : 0.9,
        _ => throw new ArgumentOutOfRangeException(nameof(world)),
    };

    private static Outcome Draw(string world, Random random) => random.NextDouble() * 100 is var confidence ? new Outcome(confidence, random.NextDouble() >= Wrong(world, confidence)) : default;

    /// <summary>The true share of wrong answers at or above each whole confidence.</summary>
    private static double[] TrueRisks(string world) => [.. Enumerable.Range(0, 101).Select(from =>
        Enumerable.Range(0, 2_000).Average(i => Wrong(world, from + (100 - from) * (i + 0.5) / 2_000)))];
}
