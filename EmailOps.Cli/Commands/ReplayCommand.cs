using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops replay</c>: what another model, taxonomy, threshold or budget would have decided.</summary>
internal static class ReplayCommand
{
    private const int Shown = 50;

    public static Command Create(IAnsiConsole console)
    {
        var days = new Option<int>("--days") { Description = "How far back, 1 to 365.", DefaultValueFactory = _ => 7 };
        var mailbox = new Option<string?>("--mailbox") { Description = "One mailbox; all without it." };
        var model = new Option<int?>("--model") { Description = "A version of the mailbox's model; 0 is the base model." };
        var taxonomy = new Option<FileInfo?>("--taxonomy") { Description = "Another taxonomy file; the base model is trained for it." };
        var bands = new Option<string?>("--bands") { Description = "Other bands, as 90/70/50 (answer/suggest/review)." };
        var risk = new Option<double?>("--risk") { Description = "A budget: per cent of automatic answers that may be wrong; the threshold follows from the outcomes so far." };
        var json = MailboxCommand.JsonOption();
        days.Validators.Add(given => { if (given.GetValueOrDefault<int>() is < 1 or > 365) given.AddError("--days must be between 1 and 365."); });
        risk.Validators.Add(given => { if (given.GetValueOrDefault<double?>() is not (> 0 and <= 50)) given.AddError("--risk must be above 0 and at most 50 (per cent)."); });
        var command = new Command("replay", """
            Runs the mail of the last days through another model, taxonomy, threshold or budget and lists every decision that would change. Nothing is sent and no
            decision is written.

            Examples:
              emailops replay --days 7 --bands 90/70/50
              emailops replay --days 30 --mailbox support@example.com --model 6
              emailops replay --taxonomy taxonomy-new.yaml --json
              emailops replay --days 14 --risk 2
            """) { days, mailbox, model, taxonomy, bands, risk, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetValue(taxonomy);
            if (file is null && parsed.GetValue(model) is null && parsed.GetValue(bands) is null && parsed.GetValue(risk) is null) throw new CommandException("Name what to try: --model, --taxonomy, --bands or --risk.");
            if (file is { Exists: false }) throw new CommandException($"There is no file {file.FullName}.");
            if (parsed.GetValue(bands) is { } text) Bands(text);
            await using var installation = Installation.Open();
            long? box = parsed.GetValue(mailbox) is { } address ? await LearnedCommands.MailboxAsync(installation, address, cancel)
                : parsed.GetValue(model) is > 0 ? await LearnedCommands.MailboxAsync(installation, null, cancel) : null;
            var (store, owner) = (installation.Get<AssessmentStore>(), Guid.CreateVersion7());
            var asked = new AssessmentAsked(file?.Name, parsed.GetValue(model), parsed.GetValue(days), parsed.GetValue(bands), parsed.GetValue(risk) / 100);
            var id = await store.AddAsync(AssessmentKind.Replay, box, asked, file is null ? null : await File.ReadAllBytesAsync(file.FullName, cancel), MailboxCommand.Actor, owner, cancel);
            var view = await AssessmentProgress.RunAsync(installation, console, await store.FindAsync(id, cancel) ?? throw new CommandException("It is gone."), owner, parsed.GetValue(json), cancel);
            if (view.Replay is not { } result) throw new CommandException(view.Problem ?? "There is no result.");
            var changes = await store.ChangesAsync(id, 0, AssessmentStore.MostChanges, cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, new { result, changes });
            else Write(console, result, changes);
            return CliHost.Done;
        });
        return command;
    }

    private static void Bands(string text)
    {
        try
        {
            ReplaySource.Bands(text);
        }
        catch (AssessmentException failure)
        {
            throw new CommandException(failure.Message);
        }
    }

    private static void Write(IAnsiConsole console, ReplayResult result, List<DecisionChange> changes)
    {
        console.MarkupLineInterpolated($"{result.Messages:N0} messages in {result.Seconds:F1} s: {result.Changed:N0} would be decided otherwise, {result.CategoriesChanged:N0} have another category, {result.PrioritiesChanged:N0} another priority.");
        foreach (var move in result.Moves) console.MarkupLineInterpolated($"  {move.Before} -> {move.After}: {move.Count:N0}");
        if (changes.Count == 0) return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Message", "Subject", "Now", "Then", "Category", "Confidence", "Why");
        foreach (var c in changes.Take(Shown))
            table.AddRow($"/messages/{c.MessageId}", Markup.Escape(c.Subject), $"{c.Before}", $"{c.After}", Markup.Escape(c.CategoryBefore == c.CategoryAfter ? c.CategoryBefore : $"{c.CategoryBefore} -> {c.CategoryAfter}"),
                string.Create(CultureInfo.InvariantCulture, $"{c.ConfidenceBefore:0.#} -> {c.ConfidenceAfter:0.#}"), Markup.Escape(c.Reason));
        console.Write(table);
        if (changes.Count > Shown) console.MarkupLineInterpolated($"{changes.Count - Shown:N0} more; --json and the console list them.");
        if (result.Note is { } note) console.MarkupLineInterpolated($"{note}");
    }
}
