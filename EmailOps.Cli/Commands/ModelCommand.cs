using System.CommandLine;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops model</c>: what mailboxes' models learned, and the models EmailOps asks.</summary>
internal static class ModelCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("model", $"""
            Models: what each mailbox's learned from people, and going back to an earlier version; the language models EmailOps asks, their breakers, and downloads.

            Examples:
            {LearnedCommands.Examples}
            {ProviderCommands.Examples}
            """);
        foreach (var each in LearnedCommands.All(console).Concat(ProviderCommands.All(console))) command.Add(each);
        return command;
    }
}
