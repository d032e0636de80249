using System.CommandLine;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Benchmarks.Chaos;

/// <summary><c>chaos</c>: kills and server failures, then the proof that nothing was lost or doubled.</summary>
internal static class ChaosCommand
{
    public static Command Create()
    {
        var kills = new Option<int>("--kills") { Description = "How often the worker is killed.", DefaultValueFactory = _ => 230 };
        var messages = new Option<int>("--messages") { Description = "Mails that arrive meanwhile.", DefaultValueFactory = _ => 2_300 };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same mails and the same order of moments.", DefaultValueFactory = _ => 1 };
        var noServers = new Option<bool>("--kills-only") { Description = "Without the failures of the servers." };
        var workers = new Option<int>("--workers") { Description = "Worker processes; more than one are killed at any time, with -9 and SIGTERM, while PostgreSQL is restarted too.", DefaultValueFactory = _ => 1 };
        var skew = new Option<double>("--skew") { Description = "Seconds between the clocks of several workers and the machine's, at most, in both directions.", DefaultValueFactory = _ => 0 };
        var report = new Option<string?>("--report") { Description = "Write the report into this file (docs/chaos.md)." };
        var command = new Command("chaos", "Kills the worker at every step between two commits and lets its servers fail, on a real PostgreSQL, Dovecot and SMTP server; then proves that nothing was lost or doubled.") { kills, messages, seed, noServers, workers, skew, report };
        command.SetAction(async (parsed, cancel) =>
        {
            if (await MailServerPair.MissingAsync(cancel) is { } missing)
            {
                Console.Error.WriteLine($"The mail servers cannot run here: {missing}.");
                return 2;
            }
            var result = await ChaosRun.RunAsync(new ChaosOptions(parsed.GetValue(kills), parsed.GetValue(messages), parsed.GetValue(seed), !parsed.GetValue(noServers) && parsed.GetValue(workers) == 1, Console.WriteLine,
                Math.Clamp(parsed.GetValue(workers), 1, 16), parsed.GetValue(skew)), cancel);
            var text = result.Options.Workers == 1 ? ChaosReport.Write(result) : WorkersReport.Write(result);
            Console.WriteLine(text);
            if (parsed.GetValue(report) is { } path) await File.WriteAllTextAsync(path, text, cancel);
            return result.Holds ? 0 : 1;
        });
        return command;
    }
}
