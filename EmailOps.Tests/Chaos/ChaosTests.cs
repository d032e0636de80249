using EmailOps.Benchmarks.Chaos;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Benchmarks.Proxies;

namespace EmailOps.Tests.Chaos;

/// <summary>The short form of <c>EmailOps.Benchmarks chaos</c>; the long one and its figures are in docs/chaos.md.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task A_worker_killed_at_every_step_loses_no_mail_and_answers_nobody_twice()
    {
        if (await MissingAsync()) return;
        List<string> said = [];
        var result = await ChaosRun.RunAsync(new ChaosOptions(Kills: 26, Messages: 150, Seed: 7, Scenarios: false, said.Add), CancellationToken.None);
        Assert.True(result.Holds, string.Join('\n', said) + "\n" + ChaosReport.Write(result));
        var never = Enum.GetNames<Moment>().Except(result.Kills.Where(k => k.Reached).Select(k => k.Where)).ToList();
        Assert.True(never.Count == 0, $"Never killed at: {string.Join(", ", never)}.\n{string.Join('\n', said)}");
    }

    private static async Task<bool> MissingAsync()
    {
        var missing = await MailServerPair.MissingAsync();
        if (missing is not null) Console.WriteLine($"SKIPPED, NO MAIL SERVERS: chaos ({missing}).");
        return missing is not null;
    }
}
