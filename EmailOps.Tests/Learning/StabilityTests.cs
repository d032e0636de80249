using EmailOps.Core.Analytics;
using EmailOps.Core.Learning;

namespace EmailOps.Tests.Learning;

public sealed class StabilityTests
{
    [Fact]
    public void The_same_distribution_seldom_exceeds_what_chance_allows()
    {
        var random = new Random(11);
        var (over, runs) = (0, 1_000);
        for (var run = 0; run < runs; run++)
        {
            int[] Draw(int n)
            {
                var counts = new int[8];
                for (var i = 0; i < n; i++) counts[random.Next(8)]++;
                return counts;
            }
            over += Stability.Index(Draw(400), Draw(150)) > Stability.Chance(8, 400, 150) ? 1 : 0;
        }
        Assert.InRange(over, 0, 25);
    }

    [Fact]
    public void The_index_is_nothing_for_the_same_and_large_for_another_mix()
    {
        Assert.Equal(0, Stability.Index([100, 200, 300], [100, 200, 300]), 9);
        Assert.InRange(Stability.Index([300, 200, 100], [100, 200, 300]), 0.5, 1.0);
        Assert.True(double.IsFinite(Stability.Index([0, 600], [600, 0])));
    }

    [Fact]
    public void A_new_kind_of_mail_is_named_and_a_quiet_week_is_not()
    {
        var random = new Random(2);
        var words = (string[])["parcel late order arrive", "refund return money back", "invoice vat number please", "password account login reset"];
        DriftRow Row(int kind, bool outside = false) => new($"c{kind}", "en", 200 + random.Next(400), 60 + random.Next(30), outside, false, $"{words[kind % 4]} {random.Next(50)}");
        var before = Enumerable.Range(0, 600).Select(i => Row(i % 4)).ToList();
        Assert.Empty(DriftMeasure.Compare(1, default, before, [.. Enumerable.Range(0, 200).Select(i => Row(i % 4))]).Warnings);

        var changed = DriftMeasure.Compare(1, default, before, [.. Enumerable.Range(0, 200).Select(i => Row(0, outside: i % 2 == 0) with { Language = "pl", Words = "zupełnie inne słowa tutaj" })]);
        Assert.Equal(["category", "language", "words"], changed.Features.Where(f => f.IsDrifting).Select(f => f.Name));
        Assert.True(changed.OutOfScope.IsDrifting);
        Assert.Contains(changed.Warnings, w => w.Contains("50 %", StringComparison.Ordinal));

        // Few messages prove nothing.
        Assert.Empty(DriftMeasure.Compare(1, default, before, [.. Enumerable.Range(0, 20).Select(_ => Row(0, outside: true))]).Warnings);
        Assert.Empty(DriftMeasure.Compare(1, default, [], []).Warnings);
    }
}
