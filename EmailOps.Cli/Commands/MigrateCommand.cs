using System.CommandLine;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops migrate</c>: brings the schema up to date. Every process does so at start; this is for those who want it apart.</summary>
internal static class MigrateCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("migrate", "Brings the database schema up to date; safe to run at any time, by several at once.");
        command.SetAction(async (_, cancel) =>
        {
            await using var installation = Installation.Open();
            var applied = await installation.Get<Migrator>().MigrateAsync(cancel);
            console.MarkupLineInterpolated($"{(applied == 0 ? "The schema is up to date." : $"{applied} migrations applied.")}");
            return CliHost.Done;
        });
        return command;
    }
}
