using System.Globalization;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Benchmarks.Queue;

/// <summary><c>queue</c>: jobs a second of the work queue beside pgbench with the very same statements, on a durable PostgreSQL of its own.</summary>
internal static class QueueCommand
{
    public static System.CommandLine.Command Create()
    {
        var seconds = new System.CommandLine.Option<int>("--seconds") { Description = "Of each run.", DefaultValueFactory = _ => 3 };
        var rounds = new System.CommandLine.Option<int>("--rounds") { Description = "Pairs of runs, in turn first; medians are shown.", DefaultValueFactory = _ => 3 };
        var batches = new System.CommandLine.Option<int[]>("--batch") { Description = "Items enqueued, claimed and ended together.", DefaultValueFactory = _ => [1, 50], AllowMultipleArgumentsPerToken = true };
        var clients = new System.CommandLine.Option<int[]>("--clients") { Description = "Connections side by side.", DefaultValueFactory = _ => [1, 2, 8], AllowMultipleArgumentsPerToken = true };
        var command = new System.CommandLine.Command("queue", "Enqueue, claim and end of work items with nothing to do in between, as a ratio to pgbench with the same statements; the latency of single claims; real stage loops.") { seconds, rounds, batches, clients };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(seconds), parsed.GetValue(rounds), parsed.GetValue(batches)!, parsed.GetValue(clients)!, cancel));
        return command;
    }

    private static async Task<int> RunAsync(int seconds, int rounds, int[] batches, int[] clients, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-queue-{Environment.ProcessId}";
        try
        {
            await using var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = folder }, cancel);
            var configuration = new ConfigurationManager();
            configuration["ConnectionStrings:emailops"] = postgres.ConnectionString;
            await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddEmailOpsStore(configuration).BuildServiceProvider();
            await services.GetRequiredService<Migrator>().MigrateAsync(cancel);
            var own = new OwnQueue(services);
            if (await PgBench.FindAsync(postgres.ProgramFolder, postgres.ConnectionString, cancel) is not { } pgbench)
            {
                Console.Error.WriteLine("There is no pgbench beside PostgreSQL, nor an installed one (Debian: postgresql-contrib).");
                return 2;
            }
            Console.WriteLine($"{pgbench.Version}; {Environment.ProcessorCount} processors; {rounds} pairs of {seconds} s");
            Console.WriteLine($"{"batch",6} {"clients",8} {"pgbench jobs/s",18} {"EmailOps jobs/s",18} {"ratio",18}");
            foreach (var batch in batches)
                foreach (var count in clients) await PairsAsync(own, pgbench, batch, count, seconds, rounds, cancel);
            await own.ClearAsync(cancel);
            var claims = await own.ClaimsAsync(1000, cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"claim of one item: p50 {claims[claims.Length / 2]:0.00} ms, p95 {claims[claims.Length * 95 / 100]:0.00} ms"));
            await own.ClearAsync(cancel);
            var loops = await own.LoopsAsync(2, 50_000, cancel);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"two stage loops, a stage that does nothing, 50,000 items: {loops:N0} jobs/s"));
            return 0;
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PairsAsync(OwnQueue own, PgBench pgbench, int batch, int clients, int seconds, int rounds, CancellationToken cancel)
    {
        var pairs = new List<(double Theirs, double Ours)>();
        await own.RunAsync(batch, clients, 1, cancel); // compiled and connected
        for (var round = 0; round < rounds; round++)
        {
            double theirs = 0, ours = 0;
            foreach (var isOurs in round % 2 == 0 ? (bool[])[false, true] : [true, false])
            {
                await own.ClearAsync(cancel);
                if (isOurs) ours = await own.RunAsync(batch, clients, seconds, cancel);
                else theirs = await pgbench.RunAsync(batch, clients, seconds, cancel);
            }
            pairs.Add((theirs, ours));
        }
        var ratios = pairs.Select(p => p.Ours / p.Theirs).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{batch,6} {clients,8} {Median(pairs.Select(p => p.Theirs)),18:N0} {Median(pairs.Select(p => p.Ours)),18:N0} {$"{Median(ratios):0.00} [{ratios[0]:0.00}-{ratios[^1]:0.00}]",18}"));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}
