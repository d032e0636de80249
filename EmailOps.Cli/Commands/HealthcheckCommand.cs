using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Data;
using EmailOps.Core.Work;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops healthcheck</c>: one line of JSON for probes, <c>{"ok":true,...}</c> or <c>{"ok":false,"error","error_type"}</c>.</summary>
internal static class HealthcheckCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("healthcheck", "Asks settings and database and prints one line of JSON; exit code 0 when all is well.");
        command.SetAction((_, cancel) => RunAsync(console, cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, CancellationToken cancel)
    {
        try
        {
            await using var installation = Installation.Open();
            await using var ping = installation.Get<NpgsqlDataSource>().CreateCommand("select count(*) from schema_migration");
            await ping.ExecuteScalarAsync(cancel);
            var settings = installation.Get<IConfiguration>();
            Print(console, new { ok = true, env = settings["ENV"] ?? "production", log_level = settings["LOG_LEVEL"] ?? "INFO", workers = installation.Get<WorkOptions>().Loops });
            return CliHost.Done;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Print(console, new { ok = false, error = StoreFailures.Explain(failure) ?? failure.Message, error_type = failure.GetType().Name });
            return CliHost.Failed;
        }
    }

    private static void Print<T>(IAnsiConsole console, T line) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(line));
}
