using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops db ping</c> and <c>emailops queue metrics</c>: one question, one answer, for scripts and probes.</summary>
internal static class ProbeCommands
{
    /// <param name="Milliseconds">For a connection and a question, the first of this command: slower than those of a running process.</param>
    internal sealed record Ping(bool Ok, string Server, string Database, string Version, double Milliseconds);

    /// <param name="Size">Everything that waits or is in hand.</param>
    /// <param name="OldestSeconds">Age of the oldest item that could be claimed; null: there is none.</param>
    internal sealed record QueueMetrics(long Size, long Ready, long InHand, long Waiting, long DeadLetters, double? OldestSeconds, int Workers, IReadOnlyList<StageStatus> Stages);

    public static Command Database(IAnsiConsole console) => new("db", "The database.") { DatabasePing(console) };

    public static Command Queue(IAnsiConsole console) => new("queue", "The queue.") { Metrics(console) };

    private static Command DatabasePing(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("ping", """
            Connects to the database and asks it one question.

            Examples:
              emailops db ping
              emailops db ping --json

            Exit codes: 0 it answered, 2 it did not; the message says what to check.
            """) { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var clock = installation.Get<TimeProvider>();
            var began = clock.GetTimestamp();
            await using var connection = await installation.Get<NpgsqlDataSource>().OpenConnectionAsync(cancel);
            var (database, version) = (await Sql.QueryAsync(connection, "select current_database()::text, current_setting('server_version')", [], r => (r.GetString(0), r.GetString(1)), cancel)).Single();
            var ping = new Ping(true, $"{connection.Host}:{connection.Port}", database, version, Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 1));
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(ping, ContractJson.Options));
            else console.MarkupLineInterpolated($"{ping.Database} on {ping.Server} answers (PostgreSQL {ping.Version}, {ping.Milliseconds:0} ms).");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Metrics(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("metrics", """
            Prints how long the queue is, one NAME VALUE a line, as GET /process/status has it.

            Examples:
              emailops queue metrics
              emailops queue metrics --json

            Exit code: 0.
            """) { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var status = await installation.Get<ProcessFigures>().StatusAsync(cancel);
            var metrics = new QueueMetrics(status.CurrentQueueSize, status.Stages.Sum(s => s.Ready), status.Stages.Sum(s => s.Leased), status.Stages.Sum(s => s.Waiting), status.DeadLetters,
                status.Stages.Max(s => s.OldestReadySeconds), status.Workers.Count, status.Stages);
            var output = console.Profile.Out.Writer;
            if (parsed.GetValue(json)) output.WriteLine(JsonSerializer.Serialize(metrics, ContractJson.Options));
            else
            {
                FormattableString[] lines = [$"queue_size {metrics.Size}", $"ready {metrics.Ready}", $"in_hand {metrics.InHand}", $"waiting {metrics.Waiting}", $"dead_letters {metrics.DeadLetters}", $"oldest_seconds {metrics.OldestSeconds ?? 0:0.0}", $"workers {metrics.Workers}"];
                foreach (var line in lines) output.WriteLine(FormattableString.Invariant(line));
            }
            return CliHost.Done;
        });
        return command;
    }
}
