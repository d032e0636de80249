using EmailOps.Core.Analytics;
using EmailOps.Core.Contracts;

namespace EmailOps.Tests.Analytics;

public sealed class CapacityAnalysisTests
{
    private static readonly DateTimeOffset s_end = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private static DailyVolume[] Volumes(int days, Func<int, long> messages) => [.. Enumerable.Range(0, days).Select(i => new DailyVolume(DateOnly.FromDateTime(s_end.UtcDateTime).AddDays(i - days), messages(i)))];

    private static ResourceDay[] Samples(int days, Func<int, double> cpu, Func<int, long> disk, double memory = 40)
        => [.. Enumerable.Range(0, days).Select(i => new ResourceDay(DateOnly.FromDateTime(s_end.UtcDateTime).AddDays(i - days), cpu(i), cpu(i) + 10, memory, memory + 5, disk(i), 1000, 300))];

    private static CapacityReport Of(DailyVolume[] volumes, ResourceDay[] samples) => CapacityAnalysis.Of(s_end.AddDays(-30), s_end, 30, volumes, samples);

    [Fact]
    public void Volume_that_grows_is_projected_and_advised_about()
    {
        var report = Of(Volumes(28, i => 100 + 10 * i), []);

        Assert.Equal(235, report.Volume.DailyAverage);
        Assert.Equal((370L, new DateOnly(2026, 5, 31)), (report.Volume.Peak, report.Volume.PeakDay));
        Assert.Equal(305.0 / 165 - 1, report.Volume.GrowthRate!.Value, 3); // averages of two fortnights
        Assert.Equal(340 + 300, report.Volume.Projected); // average of the last week and thirty days of ten more
        var advice = Assert.Single(report.Recommendations);
        Assert.Equal(("scaling", "medium", "84.8 %"), (advice.Type, advice.Priority, advice.Details["current_growth"]));
    }

    [Fact]
    public void Weekends_are_no_decline_and_one_wild_day_no_growth()
    {
        // Ends on a Sunday: the last days are the quietest.
        var report = Of(Volumes(28, i => i % 7 >= 5 ? 20 : i == 24 ? 2000 : 100), []);

        Assert.InRange(report.Volume.Projected!.Value, 0, 400);
        Assert.Equal(2000, report.Volume.Peak);
        Assert.Equal(0, CapacityAnalysis.Slope([5, 5, 5, 900, 5, 5]));
    }

    [Fact]
    public void Few_days_give_figures_but_no_trend()
    {
        var report = Of(Volumes(5, _ => 10), Samples(2, _ => 50, _ => 500));

        Assert.Equal((10, null, null), (report.Volume.DailyAverage, report.Volume.GrowthRate, report.Volume.Projected));
        Assert.Equal((50, 60, null), (report.Resources.Cpu.Average, report.Resources.Cpu.Peak, report.Resources.Cpu.Trend));
        Assert.Equal((500L, null, null), (report.Resources.Storage.Used, report.Resources.Storage.GrowthRate, report.Resources.Storage.ProjectedFull));
        Assert.Empty(report.Recommendations);
        Assert.Empty(Of([], []).Recommendations);
    }

    [Fact]
    public void Busy_processors_full_memory_and_a_filling_disk_are_advised_about_at_their_limits()
    {
        var report = Of(Volumes(20, _ => 100), Samples(20, i => 71 + i * 0.01, i => 100 + 20 * i, memory: 81));

        Assert.Equal(["cpu high", "memory high", "storage medium"], report.Recommendations.Select(r => $"{r.Type} {r.Priority}"));
        Assert.Equal(20, report.Resources.Storage.GrowthRate);
        Assert.Equal((1000 - 480) / 20.0, report.Resources.Storage.ProjectedFull);
        Assert.Equal(new DateOnly(2026, 6, 27), report.Resources.Storage.ProjectedFullDate);
        Assert.Equal(0.01, report.Resources.Cpu.Trend!.Value, 3);

        Assert.Empty(Of(Volumes(20, _ => 100), Samples(20, _ => 70, _ => 500, memory: 80)).Recommendations);
        Assert.Null(Of([], Samples(20, _ => 1, i => 500 - i)).Resources.Storage.ProjectedFull);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    public void A_quantile_read_off_the_histogram_is_within_its_step(double share)
    {
        var random = new Random(7);
        var times = Enumerable.Range(0, 5000).Select(_ => Math.Exp(random.NextDouble() * 8 - 3)).Order().ToArray();
        var counts = new long[LatencyHistogram.Buckets];
        foreach (var time in times) counts[LatencyHistogram.BucketOf(time)]++;

        var truth = times[(int)(share * times.Length)];
        Assert.InRange(LatencyHistogram.Quantile(counts, share)!.Value, truth / 1.31, truth * 1.31);
        Assert.Null(LatencyHistogram.Quantile(new long[LatencyHistogram.Buckets], share));
    }
}
