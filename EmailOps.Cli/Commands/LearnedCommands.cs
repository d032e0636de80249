using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Lessons;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops model history|show|lessons|undo|rollback|pin|unpin|retrain|risk</c>: what mailboxes' models learned from people.</summary>
internal static class LearnedCommands
{
    /// <summary>For the help of the parent.</summary>
    public const string Examples = """
          emailops model history support@example.com              versions, with what each was taught and how it did
          emailops model show support@example.com --version 7     one version: scorecard and what it judges otherwise
          emailops model rollback support@example.com 6 --pin     back to version 6, and hold it there; 0 is the base model
          emailops model retrain support@example.com              train anew from the examples and everything people taught
          emailops model lessons support@example.com              what people taught; emailops model undo 12 takes one back
          emailops model risk support@example.com --most-wrong 2  at most 2 % of automatic answers may be wrong
        """;

    public static IEnumerable<Command> All(IAnsiConsole console)
        => [History(console), Show(console), Lessons(console), Undo(console), RollBack(console), Pin(console, true), Pin(console, false), Retrain(console), RiskCommand.Create(console)];

    public static async Task<long> MailboxAsync(Installation installation, string? address, CancellationToken cancel)
    {
        if (address is not null)
            return await installation.Get<ModelPeople>().MailboxAsync(address, cancel) ?? throw new CommandException($"There is no mailbox {address}. See: emailops mailbox list");
        var all = await installation.Get<MailboxStore>().ListAsync(cancel);
        return all.Count == 1 ? all[0].Id : throw new CommandException(all.Count == 0 ? "There is no mailbox yet." : $"Name the mailbox: {string.Join(", ", all.Select(m => m.Address))}.");
    }

    private static Option<bool> OfLabels() => new("--labels") { Description = "The model of the team's labels instead of the one of categories." };

    private static ModelTopic Topic(this ParseResult parsed, Option<bool> labels) => parsed.GetValue(labels) ? ModelTopic.Labels : ModelTopic.Categories;

    public static Argument<string?> Address() => new("MAILBOX") { Description = "Its address; may be left out where there is one only.", Arity = ArgumentArity.ZeroOrOne };

    private static Command History(IAnsiConsole console)
    {
        var (address, labels, json) = (Address(), OfLabels(), MailboxCommand.JsonOption());
        var command = new Command("history", """
            Lists the versions of a mailbox's model: what each was taught, how it did on the golden set before and after, whether it was adopted.

            Examples:
              emailops model history
              emailops model history support@example.com --json
              emailops model history support@example.com --labels
            """) { address, labels, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var model = await FindAsync(installation, parsed.GetValue(address), parsed.Topic(labels), cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, model);
            else Write(console, model);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Show(IAnsiConsole console)
    {
        var (address, labels, json) = (Address(), OfLabels(), MailboxCommand.JsonOption());
        var version = new Option<int?>("--version") { Description = "Its number; the one in force without it." };
        var command = new Command("show", """
            Shows one version: its scorecard before and after, and the messages that it judges otherwise than the one before.

            Examples:
              emailops model show support@example.com
              emailops model show --version 7 --json
            """) { address, version, labels, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var model = await FindAsync(installation, parsed.GetValue(address), parsed.Topic(labels), cancel);
            var number = parsed.GetValue(version) ?? model.Number;
            if (number == 0)
            {
                if (parsed.GetValue(json)) MailboxCommand.Print(console, model);
                else if (model.Topic == ModelTopic.Labels) console.MarkupLineInterpolated($"{model.Address} proposes no labels yet; {model.Waiting} words about labels wait to be learned. See: emailops label list");
                else console.MarkupLineInterpolated($"{model.Address} works with the base model, {model.Version}; {model.Waiting} decisions of people wait to be learned.");
                return CliHost.Done;
            }
            var found = model.History.FirstOrDefault(v => v.Number == number) ?? throw new CommandException($"There is no version {number}. See: emailops model history {model.Address}");
            if (parsed.GetValue(json)) MailboxCommand.Print(console, found);
            else Write(console, found);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Lessons(IAnsiConsole console)
    {
        var (address, json) = (Address(), MailboxCommand.JsonOption());
        var command = new Command("lessons", "Lists what people taught, newest first.") { address, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var lessons = await installation.Get<LessonStore>().ListAsync(await MailboxAsync(installation, parsed.GetValue(address), cancel), 200, cancel);
            if (parsed.GetValue(json))
            {
                MailboxCommand.Print(console, lessons);
                return CliHost.Done;
            }
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Lesson", "When", "Who", "What", "Message", "Learned in");
            foreach (var lesson in lessons)
                table.AddRow($"{lesson.Id}", $"{lesson.At:yyyy-MM-dd HH:mm}", Markup.Escape(lesson.Actor), Markup.Escape($"{lesson.Kind}: {lesson.Detail}"), Markup.Escape($"{lesson.MessageId} {lesson.Subject}"),
                    lesson.UndoneAt is not null ? "taken back" : lesson.LearnedIn is { } version ? $"version {version}" : "waits");
            console.Write(table);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Undo(IAnsiConsole console)
    {
        var id = new Argument<long>("LESSON") { Description = "Its number; see: emailops model lessons" };
        var command = new Command("undo", "Takes a correction back: the message shows what it showed before, and the model is made without it.") { id };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var lesson = parsed.GetRequiredValue(id);
            Check(await installation.Get<LessonUndo>().UndoAsync(lesson, MailboxCommand.Actor, cancel), $"There is no lesson {lesson}.", "It was taken back already, or it is a decision about a draft: that is taken back in the console.");
            console.MarkupLineInterpolated($"Taken back. A worker makes the model without it.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command RollBack(IAnsiConsole console)
    {
        var address = new Argument<string>("MAILBOX") { Description = "Its address." };
        var version = new Argument<int>("VERSION") { Description = "Any version of it, also a newer or a refused one; 0 is the base model." };
        var labels = OfLabels();
        var pin = new Option<bool>("--pin") { Description = "Hold it there: what people decide waits until: emailops model unpin" };
        var command = new Command("rollback", """
            Puts another version in force, in all workers within a moment.

            Examples:
              emailops model rollback support@example.com 6
              emailops model rollback support@example.com 0 --pin
            """) { address, version, pin, labels };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var (mailbox, number) = (await MailboxAsync(installation, parsed.GetRequiredValue(address), cancel), parsed.GetRequiredValue(version));
            Check(await installation.Get<ModelPeople>().RollBackAsync(mailbox, null, number, parsed.GetValue(pin), MailboxCommand.Actor, cancel, parsed.Topic(labels)), "There is no such mailbox.", $"There is no version {number}.");
            console.MarkupLineInterpolated($"{(number > 0 ? $"Version {number}" : parsed.GetValue(labels) ? "No label model" : "The base model")} is in force{(parsed.GetValue(pin) ? ", and held there" : "")}.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Pin(IAnsiConsole console, bool pin)
    {
        var (address, labels) = (Address(), OfLabels());
        var command = new Command(pin ? "pin" : "unpin", pin ? "Holds the version in force: what people decide waits." : "Lets the model learn again, first what waited.") { address, labels };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            Check(await installation.Get<ModelPeople>().PinAsync(await MailboxAsync(installation, parsed.GetValue(address), cancel), null, pin, MailboxCommand.Actor, cancel, parsed.Topic(labels)), "There is no such mailbox.", "");
            console.MarkupLine(pin ? "It is held." : "It learns again.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Retrain(IAnsiConsole console)
    {
        var (address, labels) = (Address(), OfLabels());
        var command = new Command("retrain", "Has a worker train the model anew from the examples and everything people taught; adopted only if nothing gets worse.") { address, labels };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            Check(await installation.Get<ModelPeople>().RetrainAsync(await MailboxAsync(installation, parsed.GetValue(address), cancel), null, MailboxCommand.Actor, cancel, parsed.Topic(labels)), "There is no such mailbox.", "The model is held. First: emailops model unpin");
            console.MarkupLine("Asked for; a worker does it. See: emailops model history");
            return CliHost.Done;
        });
        return command;
    }

    public static void Check(WriteOutcome outcome, string notFound, string wrongState)
    {
        if (outcome == WriteOutcome.Done) return;
        throw new CommandException(outcome switch { WriteOutcome.NotFound => notFound, WriteOutcome.WrongState => wrongState, _ => "Somebody changed it meanwhile. Look again, then decide anew." });
    }

    private static async Task<ModelView> FindAsync(Installation installation, string? address, ModelTopic topic, CancellationToken cancel)
        => await installation.Get<ModelPeople>().FindAsync(await MailboxAsync(installation, address, cancel), cancel, topic) ?? throw new CommandException("The mailbox went away meanwhile.");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static void Write(IAnsiConsole console, ModelView model)
    {
        console.MarkupLineInterpolated($"{model.Address}: {(model.Number == 0 ? model.Topic == ModelTopic.Labels ? "no label model" : "the base model" : $"version {model.Number}")} is in force{(model.IsPinned ? ", held by a person" : "")}. {model.GoldenRows} texts in the golden set, {model.Waiting} decisions wait.");
        if (model.History.Count == 0) return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Version", "Made", "By", "Taught", "Golden set before", "after", "In force", "Verdict");
        foreach (var v in model.History)
            table.AddRow($"{v.Number}", $"{v.MadeAt:yyyy-MM-dd HH:mm}", Markup.Escape(v.MadeBy), v.Kind == ModelVersionKind.Trained ? $"trained anew, {v.Lessons}" : $"{v.Lessons}", $"{v.Before.Right}/{v.Before.Rows}", $"{v.After.Right}/{v.After.Rows}",
                v.IsInForce ? "yes" : v.Adopted ? "" : "refused", Markup.Escape(v.Verdict));
        console.Write(table);
        if (model.History.FirstOrDefault(v => v.IsInForce)?.Labels is { } score) LabelCommand.Write(console, score);
    }

    private static void Write(IAnsiConsole console, ModelVersionView v)
    {
        console.MarkupLineInterpolated($"Version {v.Number}, {(v.Kind == ModelVersionKind.Trained ? "trained anew" : $"taught on top of {(v.Parent is { } p ? $"version {p}" : "the base model")}")} by {v.MadeBy}, {v.MadeAt:yyyy-MM-dd HH:mm:ss}, in {v.Seconds:F2} s.");
        console.MarkupLineInterpolated($"{(v.Adopted ? "Adopted" : "Refused")}: {v.Verdict}");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Golden set", "Before", "After");
        table.AddRow("Right", $"{v.Before.Right} of {v.Before.Rows}", $"{v.After.Right} of {v.After.Rows}");
        table.AddRow("Accuracy", Percent(v.Before.Accuracy), Percent(v.After.Accuracy));
        table.AddRow("Macro-F1", Percent(v.Before.MacroF1), Percent(v.After.MacroF1));
        table.AddRow("Calibration error", Percent(v.Before.CalibrationError), Percent(v.After.CalibrationError));
        console.Write(table);
        if (v.Labels is { } score) LabelCommand.Write(console, score);
        foreach (var change in v.Changes) console.MarkupLineInterpolated($"message {change.MessageId}: {change.Before} -> {change.After} ({(change.After == change.Truth ? "right" : $"it is {change.Truth}")})");
    }
}
