using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Assessments;
using EmailOps.Core.Triage.Consulting;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops replay</c>: what another model, taxonomy, threshold, budget or prompt would have decided.</summary>
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
        var prompts = new Option<DirectoryInfo?>("--prompts") { Description = "Folder with other prompt files (judge.prompt, summary.prompt, draft.prompt; those it lacks are the ones in force). The language model is asked with them and with those in force." };
        var ask = new Option<bool>("--ask-model") { Description = "Asks the language model where triage would, with the prompts in force. Alone it shows what the model adds to the built-in judgement." };
        var most = new Option<int>("--most") { Description = $"Messages the language model is asked about at most, 1 to {ReplayDesk.MostMessages}.", DefaultValueFactory = _ => ReplayDesk.UsualMessages };
        var json = MailboxCommand.JsonOption();
        most.Validators.Add(given => { if (given.GetValueOrDefault<int>() is < 1 or > ReplayDesk.MostMessages) given.AddError($"--most must be between 1 and {ReplayDesk.MostMessages}."); });
        days.Validators.Add(given => { if (given.GetValueOrDefault<int>() is < 1 or > 365) given.AddError("--days must be between 1 and 365."); });
        risk.Validators.Add(given => { if (given.GetValueOrDefault<double?>() is not (> 0 and <= 50)) given.AddError("--risk must be above 0 and at most 50 (per cent)."); });
        var command = new Command("replay", """
            Runs the mail of the last days through another model, taxonomy, threshold, budget or prompt and lists every decision that would change. Nothing is sent
            and no decision is written. A language model is asked only with --prompts or --ask-model; what that costs counts in the day's budget.

            Examples:
              emailops replay --days 7 --bands 90/70/50
              emailops replay --days 30 --mailbox support@example.com --model 6
              emailops replay --taxonomy taxonomy-new.yaml --json
              emailops replay --days 14 --risk 2
              emailops replay --days 3 --prompts prompts-new --most 20
              emailops replay --days 3 --ask-model
            """) { days, mailbox, model, taxonomy, bands, risk, prompts, ask, most, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetValue(taxonomy);
            var folder = parsed.GetValue(prompts);
            var asks = folder is not null || parsed.GetValue(ask);
            if (file is null && parsed.GetValue(model) is null && parsed.GetValue(bands) is null && parsed.GetValue(risk) is null && !asks) throw new CommandException("Name what to try: --model, --taxonomy, --bands, --risk, --prompts or --ask-model.");
            if (file is not null && asks) throw new CommandException("A language model is asked with the taxonomy in force: try --taxonomy without --prompts and --ask-model.");
            if (folder is { Exists: false }) throw new CommandException($"There is no folder {folder.FullName}.");
            if (file is { Exists: false }) throw new CommandException($"There is no file {file.FullName}.");
            if (parsed.GetValue(bands) is { } text) Bands(text);
            await using var installation = Installation.Open();
            long? box = parsed.GetValue(mailbox) is { } address ? await LearnedCommands.MailboxAsync(installation, address, cancel)
                : parsed.GetValue(model) is > 0 ? await LearnedCommands.MailboxAsync(installation, null, cancel) : null;
            var (texts, versions) = folder is null ? (null, null) : Prompts(installation, folder);
            var (store, owner) = (installation.Get<AssessmentStore>(), Guid.CreateVersion7());
            var asked = new AssessmentAsked(file?.Name, parsed.GetValue(model), parsed.GetValue(days), parsed.GetValue(bands), parsed.GetValue(risk) / 100, asks ? parsed.GetValue(most) : null, versions);
            var id = await store.AddAsync(AssessmentKind.Replay, box, asked, texts ?? (file is null ? null : await File.ReadAllBytesAsync(file.FullName, cancel)), MailboxCommand.Actor, owner, cancel);
            var view = await AssessmentProgress.RunAsync(installation, console, await store.FindAsync(id, cancel) ?? throw new CommandException("It is gone."), owner, parsed.GetValue(json), cancel);
            if (view.Replay is not { } result) throw new CommandException(view.Problem ?? "There is no result.");
            var changes = await store.ChangesAsync(id, 0, AssessmentStore.MostChanges, cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, new { result, changes });
            else Write(console, result, changes);
            return CliHost.Done;
        });
        return command;
    }

    private static (byte[] Texts, IReadOnlyList<string> Versions) Prompts(Installation installation, DirectoryInfo folder)
    {
        try
        {
            var texts = PromptLibrary.Read(folder.FullName);
            return (ReplayDesk.Keep(texts), installation.Get<ReplayDesk>().Versions(texts));
        }
        catch (PromptException failure)
        {
            throw new CommandException(failure.Message);
        }
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

    private static void Write(IAnsiConsole console, ReplayAsking asking)
    {
        console.MarkupLineInterpolated($"The language model was asked about {asking.Asked:N0} of {asking.Wanted:N0} messages: {asking.Calls:N0} questions ({asking.Known:N0} more were known), {asking.TokensIn:N0} tokens in, {asking.TokensOut:N0} out, cost {asking.Cost:0.####}.");
        console.MarkupLineInterpolated($"Other drafts: {asking.DraftsChanged:N0}, other summaries: {asking.SummariesChanged:N0}, with an answer that could not be used: {asking.Unusable:N0}.");
        foreach (var left in asking.Left) console.MarkupLineInterpolated($"  {left.Count:N0} not asked about and not compared (messages {string.Join(", ", left.First.Take(5))}{(left.Count > 5 ? ", ..." : "")}): {left.Reason}");
    }

    private static void Write(IAnsiConsole console, ReplayResult result, List<DecisionChange> changes)
    {
        console.MarkupLineInterpolated($"{result.Messages:N0} messages in {result.Seconds:F1} s: {result.Changed:N0} would be decided otherwise, {result.CategoriesChanged:N0} have another category, {result.PrioritiesChanged:N0} another priority.");
        foreach (var move in result.Moves) console.MarkupLineInterpolated($"  {move.Before} -> {move.After}: {move.Count:N0}");
        if (result.Asking is { } asking) Write(console, asking);
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
