using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops status</c>: what waits in each stage, what was done today, what needs a person.</summary>
internal static class StatusCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as GET /process/status." };
        var command = new Command("status", "Shows the queue, the workers, what was done today and what ran out of attempts.") { json };
        command.SetAction((parsed, cancel) => RunAsync(console, parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, bool json, CancellationToken cancel)
    {
        await using var installation = Installation.Open();
        var status = await installation.Get<ProcessFigures>().StatusAsync(cancel);
        if (json)
        {
            console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(status, ContractJson.Options));
            return CliHost.Done;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Stage", "Ready", "Under way", "Waiting", "Oldest");
        foreach (var stage in status.Stages)
            table.AddRow(stage.Stage, $"{stage.Ready:N0}", $"{stage.Leased:N0}", $"{stage.Waiting:N0}", stage.OldestReadySeconds is { } s ? $"{s:F0} s" : "");
        console.Write(table);
        WriteWorkers(console, status.Workers);
        console.MarkupLineInterpolated($"{status.EmailsProcessedToday:N0} messages decided today; {status.CurrentQueueSize:N0} in the queue.");
        if (status.ProcessingStats.SuccessRate is { } rate) console.MarkupLineInterpolated($"Success over 24 hours {rate:P1}; stored to decided in {status.ProcessingStats.AverageProcessingTime:F1} s on average.");
        foreach (var order in OperationCommands.Lines(status.Operations)) console.MarkupLineInterpolated($"[yellow]{order}[/]");
        if (status.DeadLetters > 0) console.MarkupLineInterpolated($"[yellow]{status.DeadLetters:N0} dead letters: the console lists them under Problems, with a retry button.[/]");
        var models = ModelStatus.Health(await installation.Get<ModelStatus>().ViewAsync(cancel));
        console.MarkupLineInterpolated($"Language model {models.Status}: {models.Detail}");
        if (status.LanguageModel is { WithoutModel: { } without } asked)
            console.MarkupLineInterpolated($"Over 24 hours {without:P0} of the messages needed no language model; {asked.Calls:N0} questions, {asked.Tokens:N0} tokens, cost {asked.Cost:0.00##}; {asked.Degraded:N0} messages wait to be judged again with it.");
        return CliHost.Done;
    }

    private static void WriteWorkers(IAnsiConsole console, IReadOnlyList<WorkerView> workers)
    {
        if (workers.Count == 0)
        {
            console.MarkupLine("[yellow]No worker runs: mail is neither read nor judged.[/]");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Worker", "Process", "Version", "State", "Mailboxes", "In hand", "Done", "Failed", "Since (UTC)", "Last heard (UTC)");
        foreach (var worker in workers)
            table.AddRow(Markup.Escape(worker.Host), $"{worker.ProcessId}", Markup.Escape(worker.Version), worker.IsDraining ? "stops" : "works", $"{worker.Mailboxes:N0}",
                $"{worker.Stages.Sum(s => s.InHand):N0}", $"{worker.Stages.Sum(s => s.Done):N0}", $"{worker.Stages.Sum(s => s.Failed):N0}", $"{worker.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}", $"{worker.HeardAt.UtcDateTime:HH:mm:ss}");
        console.Write(table);
    }
}
