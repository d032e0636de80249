using EmailOps.Benchmarks.Chaos;
using EmailOps.Benchmarks.MailServers;
using EmailOps.Benchmarks.Proxies;
using EmailOps.Tests.MailServers;

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

    [Fact]
    public async Task Servers_that_fail_under_a_living_worker_cost_no_mail_and_double_no_answer()
    {
        if (await MissingAsync()) return;
        List<string> said = [];
        var result = await ChaosRun.RunAsync(new ChaosOptions(Kills: 0, Messages: 0, Seed: 11, Scenarios: true, said.Add), CancellationToken.None);
        Assert.True(result.Holds, string.Join('\n', said) + "\n" + ChaosReport.Write(result));
        Assert.Equal(5, result.Parts.Count);
    }

    [Fact]
    public async Task The_judge_sees_what_was_lost_and_what_was_doubled()
    {
        if (await MissingAsync()) return;
        await using var world = await ChaosWorld.StartAsync(seed: 3, CancellationToken.None); // and no worker: every mail is lost
        await world.DeliverAsync(3, CancellationToken.None);
        await world.Servers.DoveadmAsync("fetch", "-u", world.User.Address, "uid", "mailbox", "INBOX"); // gives them their UIDs
        using (var smtp = await Line.OpenAsync(world.Servers, world.Servers.PlainPort))
        {
            await smtp.SayAsync("EHLO test", "250 ");
            foreach (var _ in Enumerable.Range(0, 2))
            {
                await smtp.SayAsync($"MAIL FROM:<{world.User.Address}>", "250");
                await smtp.SayAsync("RCPT TO:<ada@customer.example>", "250");
                await smtp.SayAsync("DATA", "354");
                await smtp.SayAsync("Message-ID: <reply@shop.example>\r\nIn-Reply-To: <question@customer.example>\r\n\r\nAn answer.\r\n.", "250");
            }
        }

        Assert.NotEmpty(await Proof.RestAsync(world, TimeSpan.Zero, CancellationToken.None));
        var broken = (await Proof.CheckAsync(world, CancellationToken.None)).Where(line => !line.Holds).Select(line => line.Claim[..24]).ToList();
        Assert.Equal(
            ["Every UID on the server ", "The bytes of every mail ", "Every customer's mail is", "No reply reached the mai", "No customer was answered", "What was received is cal"],
            broken);
    }

    internal static async Task<bool> MissingAsync()
    {
        var missing = await MailServerPair.MissingAsync();
        if (missing is not null) Console.WriteLine($"SKIPPED, NO MAIL SERVERS: chaos ({missing}).");
        return missing is not null;
    }
}
