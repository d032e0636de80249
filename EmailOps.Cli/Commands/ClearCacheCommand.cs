using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops clear-cache</c>.</summary>
internal static class ClearCacheCommand
{
    private const string Actor = "emailops clear-cache";

    public static Command Create(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as POST /admin/clear-cache." };
        var command = new Command("clear-cache", "Forgets kept answers of language models, vectors of questions and access tokens, in all processes; they are asked for anew. Exit code 1 when Redis could not be reached.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var cleared = await installation.Get<Caches>().ClearAsync(Actor, cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(cleared, ContractJson.Options));
            else console.MarkupLineInterpolated($"Forgotten: {cleared.Answers:N0} answers, {cleared.Vectors:N0} vectors, {cleared.Tokens:N0} access tokens. {cleared.Note}");
            return cleared.Note is null ? CliHost.Done : CliHost.WithProblems;
        });
        return command;
    }
}
