using System.CommandLine;
using EmailOps.AppHost.Postgres;

namespace EmailOps.Benchmarks.Scale;

/// <summary><c>scale</c>: one, two and four worker processes on one durable PostgreSQL, while mail is imported.</summary>
internal static class ScaleCommand
{
    public static System.CommandLine.Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "Messages for each number of workers.", DefaultValueFactory = _ => 100_000 };
        var workers = new Option<int[]>("--workers") { Description = "Numbers of worker processes, one round each.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 4] };
        var command = new System.CommandLine.Command("scale", "Messages per second from raw mail to decision with one, two and four worker processes: rate, ratio, processor shares, lag, age.") { messages, workers };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(messages), parsed.GetValue(workers)!, cancel));
        return command;
    }

    private static async Task<int> RunAsync(int messages, int[] workers, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-scale-{Environment.ProcessId}";
        var cluster = folder + "-pg";
        try
        {
            Directory.CreateDirectory(folder);
            await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = cluster, MaxConnections = 300 }, cancel);
            await using var run = await ScaleRun.StartAsync(postgres.ConnectionString, folder, cancel);
            Console.WriteLine($"{"workers",7} {"messages",9} {"a second",9} {"ratio",6} {"imported/s",10} {"importer",9} {"workers each",-28} {"server",7} {"busy",5} {"longest lag",11} {"age p50",8} {"age p95",8}   (20 kB mails, {Environment.ProcessorCount} processors)");
            var (first, one) = (0, 0.0);
            foreach (var count in workers)
            {
                var round = await run.RoundAsync(first, messages, count, cancel);
                first += messages;
                if (one == 0) one = round.Rate;
                Console.WriteLine($"{count,7} {messages,9:N0} {round.Rate,9:N0} {round.Rate / one,6:N2} {round.ImportRate,10:N0} {round.Importer,9:P0} {string.Join(' ', round.Workers.Select(w => w.ToString("P0", System.Globalization.CultureInfo.InvariantCulture))),-28} {round.Server,7:P0} {round.Busy,5:P0} {round.Lag,9:N1} s {round.AgeMedian,6:N1} s {round.Age95,6:N1} s");
            }
            return 0;
        }
        finally
        {
            foreach (var made in new[] { folder, cluster })
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }
}
