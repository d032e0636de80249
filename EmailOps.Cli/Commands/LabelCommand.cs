using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Labels;
using EmailOps.Core.Triage.Labels;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops label list|add|rename|retire|restore|put|take-off</c>: what a team calls its messages, beside the categories.</summary>
internal static class LabelCommand
{
    public static Command Create(IAnsiConsole console) => new("label", $"""
        Labels of a mailbox's team. What people label is learned; from {LabelCount.Least} messages with a label and {LabelCount.Least} handled without it on, triage proposes it.

        Examples:
          emailops label add wholesale --description "orders of shops, not of customers"
          emailops label list support@example.com
          emailops label put wholesale 4711 4712          on messages, by their numbers; take-off takes it off
          emailops label rename wholesale "B2B"
          emailops label retire B2B                       no longer offered; restore brings it back with all that was labelled
          emailops model history support@example.com --labels   how well labels are recognised

        Exit codes: 0 done, 2 could not be done.
        """)
    {
        List(console), Add(console), Rename(console), Retire(console), Restore(console), Say(console, true), Say(console, false),
    };

    private static Option<string?> Mailbox() => new("--mailbox") { Description = "Its address; may be left out where there is one only." };

    private static Argument<string> Name() => new("LABEL") { Description = "What it is called." };

    private static Command List(IAnsiConsole console)
    {
        var (address, retired, json) = (LearnedCommands.Address(), new Option<bool>("--retired") { Description = "Those that are no longer offered, too." }, MailboxCommand.JsonOption());
        var command = new Command("list", "Lists the labels of a mailbox, and what is missing before each is proposed.") { address, retired, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var labels = await installation.Get<LabelStore>().ListAsync(await LearnedCommands.MailboxAsync(installation, parsed.GetValue(address), cancel), parsed.GetValue(retired), cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, labels);
            else if (labels.Count == 0) console.MarkupLine("There are no labels yet. Make one: emailops label add NAME");
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Label", "When to use it", "With it", "Without", "Proposed");
                foreach (var l in labels) table.AddRow(new Text(l.Name), new Text(l.Description), new Text($"{l.With}"), new Text($"{l.Without}"), new Text(l.IsRetired ? "retired" : l.IsProposed ? "yes" : l.MissingWords ?? "with the next version"));
                console.Write(table);
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command Add(IAnsiConsole console)
    {
        var (name, description, address, json) = (Name(), new Option<string?>("--description") { Description = "When to use it, in a few words." }, Mailbox(), MailboxCommand.JsonOption());
        var command = new Command("add", "Makes a label.") { name, description, address, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var save = Checked(new SaveLabel(parsed.GetRequiredValue(name), parsed.GetValue(description)));
            var store = installation.Get<LabelStore>();
            var written = await store.AddAsync(await LearnedCommands.MailboxAsync(installation, parsed.GetValue(address), cancel), save, MailboxCommand.Actor, cancel);
            Check(written);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, (await store.FindAsync(written.Id, cancel))!);
            else console.MarkupLineInterpolated($"\"{save.Name.Trim()}\" can be put on messages.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Rename(IAnsiConsole console)
    {
        var (name, to) = (Name(), new Argument<string>("NEW-NAME") { Description = "What it is to be called; the same name changes the description only." });
        var (description, address) = (new Option<string?>("--description") { Description = "When to use it; as it was without." }, Mailbox());
        return Write("rename", "Calls a label something else. What is labelled and what was learned stays.", name, address, [to, description], async (store, label, parsed, cancel) =>
        {
            var save = Checked(new SaveLabel(parsed.GetRequiredValue(to), parsed.GetValue(description) ?? label.Description));
            Check(await store.ChangeAsync(label.Id, label.Version, save, MailboxCommand.Actor, cancel));
            console.MarkupLineInterpolated($"It is called \"{save.Name.Trim()}\".");
        });
    }

    private static Command Retire(IAnsiConsole console) => Write("retire", "Offers and proposes a label no longer. What is labelled stays, and comes back with: emailops label restore", Name(), Mailbox(), [], async (store, label, _, cancel) =>
    {
        Check(await store.RetireAsync(label.Id, label.Version, MailboxCommand.Actor, cancel));
        console.MarkupLineInterpolated($"\"{label.Name}\" is retired.");
    });

    private static Command Restore(IAnsiConsole console) => Write("restore", "Brings a retired label back, with all that was labelled.", Name(), Mailbox(), [], async (store, label, _, cancel) =>
    {
        Check(await store.RestoreAsync(label.Id, label.Version, MailboxCommand.Actor, cancel));
        console.MarkupLineInterpolated($"\"{label.Name}\" is in use again.");
    });

    private static Command Say(IAnsiConsole console, bool isOn)
    {
        var messages = new Argument<long[]>("MESSAGE") { Description = "Numbers of messages, as in their address in the console.", Arity = ArgumentArity.OneOrMore };
        return Write(isOn ? "put" : "take-off", isOn ? "Puts a label on messages; each is a lesson." : "Takes a label off messages, or says that it does not belong there; each is a lesson.", Name(), Mailbox(), [messages], async (store, label, parsed, cancel) =>
        {
            var wanted = parsed.GetRequiredValue(messages);
            if (wanted.Length > LabelRules.MostMessages) throw new CommandException($"At most {LabelRules.MostMessages} messages at once.");
            var (outcome, changed, problem) = await parsed.Installation.Get<MessageLabels>().SayAsync(label.Id, wanted, isOn, MailboxCommand.Actor, cancel);
            Check(new LabelWrite(outcome, Problem: problem));
            console.MarkupLineInterpolated($"{changed} of {wanted.Length} {(wanted.Length == 1 ? "message" : "messages")} {(isOn ? "labelled" : "relieved of it")}, the others were so already.");
        });
    }

    private readonly record struct Given(ParseResult Parsed, Installation Installation)
    {
        public T GetRequiredValue<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);
        public T? GetValue<T>(Option<T> option) => Parsed.GetValue(option);
    }

    private static Command Write(string verb, string help, Argument<string> name, Option<string?> address, Symbol[] more, Func<LabelStore, LabelView, Given, CancellationToken, Task> write)
    {
        var command = new Command(verb, help) { name, address };
        foreach (var symbol in more)
            if (symbol is Option option) command.Add(option);
            else command.Add((Argument)symbol);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var store = installation.Get<LabelStore>();
            var all = await store.ListAsync(await LearnedCommands.MailboxAsync(installation, parsed.GetValue(address), cancel), retired: true, cancel);
            var called = all.Where(l => l.Name.Equals(parsed.GetRequiredValue(name).Trim(), StringComparison.OrdinalIgnoreCase)).ToList();
            // A retired one may have the name of one in use; only restoring means it.
            var label = called.Find(l => l.IsRetired == (verb == "restore")) ?? called.FirstOrDefault()
                ?? throw new CommandException($"There is no label \"{parsed.GetRequiredValue(name)}\". There {(all.Count == 0 ? "are none" : $"are: {string.Join(", ", all.Select(l => l.Name))}")}.");
            await write(store, label, new Given(parsed, installation), cancel);
            return CliHost.Done;
        });
        return command;
    }

    private static SaveLabel Checked(SaveLabel save) => LabelRules.Problem(save.Name, save.Description) is { } problem ? throw new CommandException(problem) : save;

    private static void Check(LabelWrite written)
    {
        if (written.Outcome == WriteOutcome.Done) return;
        throw new CommandException(written.Problem ?? (written.Outcome == WriteOutcome.NotFound ? "It went away meanwhile." : "Somebody changed it meanwhile. Look again, then decide anew."));
    }

    public static void Write(IAnsiConsole console, LabelScoreView score)
    {
        static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
        console.MarkupLineInterpolated($"Labels recognised on {score.Messages} messages while they were held out: micro-F1 {Percent(score.MicroF1)}, calibration error {Percent(score.CalibrationError)}; proposed from {Percent(score.Threshold)}.");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Label", "With it", "Without", "Precision", "Recall", "F1");
        foreach (var l in score.Labels) table.AddRow(Markup.Escape(l.Name), $"{l.With}", $"{l.Without}", Percent(l.Precision), Percent(l.Recall), Percent(l.F1));
        console.Write(table);
    }
}
