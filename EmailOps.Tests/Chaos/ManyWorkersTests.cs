using EmailOps.Benchmarks.Chaos;

namespace EmailOps.Tests.Chaos;

/// <summary>The short form of <c>EmailOps.Benchmarks chaos --workers 4 --skew 30</c>; a class of its own, so that it runs beside the others.</summary>
public sealed class ManyWorkersTests
{
    [Fact]
    public async Task Four_workers_whose_clocks_disagree_lose_and_double_nothing_when_they_are_killed_stopped_and_the_database_restarts()
    {
        if (await ChaosTests.MissingAsync()) return;
        List<string> said = [];
        var result = await ChaosRun.RunAsync(new ChaosOptions(Kills: 5, Messages: 60, Seed: 5, Scenarios: false, said.Add, Workers: 4, SkewSeconds: 30), CancellationToken.None);
        Assert.True(result.Holds, string.Join('\n', said) + "\n" + WorkersReport.Write(result));
        Assert.Equal(5, result.Kills.Select(k => k.Where).Distinct().Count());
    }
}
