using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops eval</c>: judges labelled mail and measures how well.</summary>
internal static class EvalCommand
{
    private const long MostBytes = 200L * 1024 * 1024;

    public static Command Create(IAnsiConsole console)
    {
        var data = new Option<FileInfo>("--data") { Description = "CSV with a first line that names the columns: category, and text or subject and body; priority may follow.", Required = true };
        var mailbox = new Option<string?>("--mailbox") { Description = "Whose model; the base model without it." };
        var model = new Option<int?>("--model") { Description = "A version of the mailbox's model; 0 is the base model. The one in force without it." };
        var ask = new Option<bool>("--ask-model") { Description = "Asks the language model about category and priority where triage would; what that costs counts in the day's budget." };
        var most = new Option<int>("--most") { Description = $"Rows the language model is asked about at most, 1 to {ReplayDesk.MostMessages}.", DefaultValueFactory = _ => ReplayDesk.UsualMessages };
        most.Validators.Add(given => { if (given.GetValueOrDefault<int>() is < 1 or > ReplayDesk.MostMessages) given.AddError($"--most must be between 1 and {ReplayDesk.MostMessages}."); });
        var json = MailboxCommand.JsonOption();
        var command = new Command("eval", """
            Judges labelled mail as triage would and measures how well: accuracy, macro-F1, confusion, calibration error, error against coverage, cost. Rows that
            cannot be used are named and do not stop the rest. The result is kept and shown in the console, too.

            Examples:
              emailops eval --data labelled.csv
              emailops eval --data labelled.csv --mailbox support@example.com
              emailops eval --data labelled.csv --mailbox support@example.com --model 7 --json
              emailops eval --data labelled.csv --ask-model --most 200

            Exit codes: 0 all rows were judged, 1 some rows could not be used, 2 it could not be done.
            """) { data, mailbox, model, ask, most, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetRequiredValue(data);
            if (!file.Exists) throw new CommandException($"There is no file {file.FullName}.");
            if (file.Length > MostBytes) throw new CommandException($"{file.Name} has {file.Length:N0} bytes; at most {MostBytes:N0} are read.");
            await using var installation = Installation.Open();
            long? box = parsed.GetValue(mailbox) is { } address ? await LearnedCommands.MailboxAsync(installation, address, cancel)
                : parsed.GetValue(model) is > 0 ? await LearnedCommands.MailboxAsync(installation, null, cancel) : null;
            var owner = Guid.CreateVersion7();
            var store = installation.Get<AssessmentStore>();
            var id = await store.AddAsync(AssessmentKind.Evaluation, box, new AssessmentAsked(file.Name, parsed.GetValue(model), Most: parsed.GetValue(ask) ? parsed.GetValue(most) : null), await File.ReadAllBytesAsync(file.FullName, cancel), MailboxCommand.Actor, owner, cancel);
            var view = await AssessmentProgress.RunAsync(installation, console, await store.FindAsync(id, cancel) ?? throw new CommandException("It is gone."), owner, parsed.GetValue(json), cancel);
            if (view.Evaluation is not { } result) throw new CommandException(view.Problem ?? "There is no result.");
            if (parsed.GetValue(json)) MailboxCommand.Print(console, result);
            else Write(console, result);
            return result.BadRowCount > 0 ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, EvaluationResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Category", "Rows", "Precision", "Recall", "F1");
        foreach (var c in result.Categories) table.AddRow(Markup.Escape(c.Category), $"{c.Rows:N0}", Percent(c.Precision), Percent(c.Recall), Percent(c.F1));
        console.Write(table);
        console.MarkupLineInterpolated($"Accuracy {Percent(result.Score.Accuracy)} ({result.Score.Right:N0} of {result.Score.Rows:N0}), macro-F1 {Percent(result.Score.MacroF1)}, calibration error {Percent(result.Score.CalibrationError)}.");
        if (result.PriorityRows > 0) console.MarkupLineInterpolated($"Priority: {Percent(result.PriorityExact)} exact, {Percent(result.PriorityNear)} at most one step away, of {result.PriorityRows:N0}.");
        console.MarkupLineInterpolated($"Cost: {result.SecondsPerRow * 1e6:F0} µs a row, {result.ModelCalls} questions to language models. Model {result.Model}.");
        if (result.Asking is { } asking)
        {
            console.MarkupLineInterpolated($"The language model was asked about {asking.Asked:N0} of {asking.Wanted:N0} rows that triage would ask about: {asking.Calls:N0} questions ({asking.Known:N0} more were known), {asking.TokensIn:N0} tokens in, {asking.TokensOut:N0} out, cost {asking.Cost:0.####}, {asking.Seconds:0.0} s. Other categories: {asking.Changed:N0}; answers that could not be used: {asking.Unusable:N0}.");
            foreach (var left in asking.Left) console.MarkupLineInterpolated($"  {left.Rows:N0} rows judged by the built-in model alone: {left.Reason}");
        }
        if (result.Score.Coverage.Count > 0) console.MarkupLineInterpolated($"Wrong among the most confident: {string.Join(", ", result.Score.Coverage.Select(p => $"{Percent(p.Wrong)} of {p.Coverage:0 %}"))}.");
        foreach (var cell in result.Score.Confusion.Take(10)) console.MarkupLineInterpolated($"  {cell.Truth} taken for {cell.Said}: {cell.Count:N0}");
        foreach (var bad in result.BadRows.Take(20)) console.MarkupLineInterpolated($"[yellow]line {bad.Line}: {bad.Reason}[/]");
        if (result.BadRowCount > 20) console.MarkupLineInterpolated($"[yellow]{result.BadRowCount:N0} rows in all could not be used; --json names more.[/]");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
