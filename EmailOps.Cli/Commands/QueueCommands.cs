using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops drain --output FILE</c> and <c>emailops restore-queue FILE</c>.</summary>
internal static class QueueCommands
{
    private const string Actor = "emailops";

    public static Command Drain(IAnsiConsole console)
    {
        var output = new Option<string>("--output", "-o") { Description = "The file; it must not exist yet.", Required = true };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("drain", """
            Takes the messages that wait in the queue out into a JSON file, for later: nothing is judged or answered until the file is restored. Items leave the queue when the file
            is whole and synced to disk, so none is ever in neither. What workers have in hand stays; replies on their way stay (emailops automation pause holds them).

            Examples:
              emailops workers drain                        first have the workers finish what is in hand
              emailops drain --output queue-2026-05-01.json
              emailops restore-queue queue-2026-05-01.json  later; then: emailops workers resume

            Exit codes: 0 done, 1 done, but items that are in workers' hands stay, 2 it cannot be done; the queue is as it was.
            """) { output, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var drained = await installation.Get<QueueArchive>().DrainAsync(parsed.GetRequiredValue(output), Actor, cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(drained, ContractJson.Options));
            else console.MarkupLineInterpolated($"{drained.Items:N0} items are in {drained.File} and no longer in the queue; {drained.Left:N0} stay{(drained.Left > 0 ? ": workers have them in hand, or they came in meanwhile" : "")}.");
            return drained.Left > 0 ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    public static Command Restore(IAnsiConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "As emailops drain wrote it." };
        var json = new Option<bool>("--json") { Description = "Print JSON; null when the file was restored before." };
        var command = new Command("restore-queue", """
            Puts back what emailops drain took out. A file is restored once; again does nothing. Items that are queued already are not queued twice.

            Examples:
              emailops restore-queue queue-2026-05-01.json

            Exit codes: 0 restored, or it was before, 1 restored but for messages that are gone, 2 the file is none of this installation's; nothing was done.
            """) { file, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            QueueRestored? restored;
            try
            {
                restored = await installation.Get<QueueArchive>().RestoreAsync(parsed.GetRequiredValue(file), Actor, cancel);
            }
            catch (InvalidDataException wrong)
            {
                throw new CommandException(wrong.Message);
            }
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(restored, ContractJson.Options));
            else if (restored is null) console.MarkupLine("It was restored before; nothing was done.");
            else console.MarkupLineInterpolated($"{restored.Items:N0} items are back in the queue; {restored.Doubles:N0} were there already, {restored.Gone:N0} have no message any more.");
            return restored is { Gone: > 0 } ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }
}
