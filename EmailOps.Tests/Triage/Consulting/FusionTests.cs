using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Tests.Triage.Consulting;

public class FusionTests
{
    private static readonly string[] s_categories = ["orders", "returns", "legal", "spam", "shipping"];

    [Fact]
    public void Agreement_is_never_surer_than_the_surer_of_the_two()
    {
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            var top = 0.2 + random.NextDouble() * 0.8;
            var trust = 0.5 + random.NextDouble() * 0.49;
            CategoryScore[] built = [new("orders", top), new("returns", (1 - top) * random.NextDouble())];
            var choice = random.Next(6) is var pick && pick == 5 ? null : s_categories[pick];
            var pool = Fusion.Pool(built, s_categories, choice, trust);
            Assert.True(pool[0].Probability <= Math.Max(Math.Max(top, trust), built[1].Probability) + 1e-3, $"{pool[0]} from {top} and {choice} at {trust}");
            Assert.Equal(pool.Select(p => p.Probability).OrderDescending(), pool.Select(p => p.Probability));
            Assert.True(pool.Sum(p => p.Probability) <= 1.001);
        }
    }

    [Fact]
    public void Disagreement_of_two_sure_judges_is_unsure()
    {
        var pool = Fusion.Pool([new("orders", 0.9), new("returns", 0.05)], s_categories, "returns", 0.8);
        Assert.Equal("orders", pool[0].Category);
        Assert.InRange(pool[0].Probability, 0.4, 0.5);
    }

    [Fact]
    public void None_of_them_takes_certainty_from_all()
        => Assert.Equal(0.45, Fusion.Pool([new("orders", 0.7)], s_categories, null, 0.8)[0].Probability, 3);

    [Fact]
    public void A_model_helps_where_the_built_in_one_wavers()
    {
        var pool = Fusion.Pool([new("orders", 0.42), new("returns", 0.38)], s_categories, "returns", 0.8);
        Assert.Equal("returns", pool[0].Category);
        Assert.InRange(pool[0].Probability, 0.55, 0.62);
    }

    [Fact]
    public void One_category_and_categories_that_are_gone_do_no_harm()
    {
        Assert.Equal(1, Fusion.Pool([new("orders", 1)], ["orders"], "orders", 0.8)[0].Probability);
        Assert.DoesNotContain(Fusion.Pool([new("gone", 0.9)], s_categories, "legal", 0.8), p => p.Category == "gone");
    }
}
