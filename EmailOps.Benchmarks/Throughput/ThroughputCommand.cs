using System.CommandLine;
using EmailOps.AppHost.Postgres;

namespace EmailOps.Benchmarks.Throughput;

/// <summary><c>throughput</c>: messages per second from raw mail to decision, on a durable PostgreSQL of its own.</summary>
internal static class ThroughputCommand
{
    public static System.CommandLine.Command Create()
    {
        var messages = new Option<int>("--messages") { Description = "Messages of one round.", DefaultValueFactory = _ => 5_000 };
        var upTo = new Option<int>("--up-to") { Description = "Go on in rounds until so many are stored, to see whether the cost of a message stays flat.", DefaultValueFactory = _ => 0 };
        var database = new Option<string?>("--database") { Description = "Connection string of an empty database; a durable private PostgreSQL without it." };
        var command = new System.CommandLine.Command("throughput", "Import, triage and policy of synthetic business mails (20 kB), in messages per second, end to end and by stage.") { messages, upTo, database };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(messages), parsed.GetValue(upTo), parsed.GetValue(database), cancel));
        return command;
    }

    private static async Task<int> RunAsync(int messages, int upTo, string? database, CancellationToken cancel)
    {
        var folder = $"/var/tmp/emailops-throughput-{Environment.ProcessId}";
        // Beside the mail, not in it: as root the server runs as another user, who must reach its folder.
        var cluster = folder + "-pg";
        try
        {
            await using var postgres = database is null ? await PrivatePostgres.StartAsync(new PrivatePostgresOptions { Folder = cluster }, cancel) : null;
            await RoundsAsync(database ?? postgres!.ConnectionString, folder, messages, upTo, cancel);
            return 0;
        }
        finally
        {
            foreach (var made in new[] { folder, cluster })
                if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
    }

    private static async Task RoundsAsync(string connectionString, string folder, int messages, int upTo, CancellationToken cancel)
    {
        await using var run = await ThroughputRun.StartAsync(connectionString, folder, cancel);
        Console.WriteLine($"{"stored",9} {"import/s",9} {"triage/s",9} {"policy/s",9} {"end to end/s",13} {"words +s",9} {"ours us",8} {"server us",10} {"busy",5} {"WAL kB",7} {"alloc kB",9} {"GCs",4}   (a message, 20 kB mails, {Environment.ProcessorCount} processors)");
        var stored = 0;
        do
        {
            var figures = await run.RoundAsync(stored, messages, cancel);
            stored += messages;
            Console.WriteLine($"{stored,9:N0} {figures.Import,9:N0} {figures.Triage,9:N0} {figures.Policy,9:N0} {figures.EndToEnd,13:N0} {figures.WordsAfter,9:N0} {figures.Cost.OurMicroseconds,8:N0} {figures.Cost.PostgresMicroseconds,10:N0} {figures.Cost.Busy,5:P0} {figures.Cost.WalBytes / 1000,7:N1} {figures.Cost.AllocatedBytes / 1000,9:N1} {figures.Cost.Collections,4}");
        }
        while (stored < upTo);
    }
}
