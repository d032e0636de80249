using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Escalations;
using EmailOps.Core.Escalations;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops escalations list|open|claim|release|resolve|levels</c>: what needs a person, and by when.</summary>
internal static class EscalationCommands
{
    private static readonly System.Text.Json.JsonSerializerOptions s_indented = new(ContractJson.Options) { WriteIndented = true };

    public static Command Create(IAnsiConsole console) => new("escalations", """
        What needs a person, and by when. Whoever comes too late is told by whom.

        Examples:
          emailops escalations list                       overdue ones first
          emailops escalations list --state resolved --json
          emailops escalations claim 7 --by Olga          take it on
          emailops escalations resolve 7 --note "called back"
          emailops escalations open 4711 --reason "she rang twice" --severity high
          emailops escalations levels > plan.json         service levels, working hours, holidays, on-call; edit, then
          emailops escalations levels --save plan.json

        Exit codes: 0 done, 1 some are overdue (list), 2 could not be done.
        """)
    {
        List(console), Open(console), Do(console, "claim", "Takes it on."), Do(console, "release", "Gives it back."), Do(console, "resolve", "Settles it."), Levels(console),
    };

    private static Option<string> By() => new("--by") { Description = "Who does it, for the history; your name on this machine when left out.", DefaultValueFactory = _ => Environment.UserName };

    private static Command List(IAnsiConsole console)
    {
        var state = new Option<EscalationState?>("--state") { Description = "open, claimed or resolved; the first two when left out." };
        var overdue = new Option<bool>("--overdue") { Description = "Only those whose time has passed." };
        var json = MailboxCommand.JsonOption();
        var command = new Command("list", "Lists escalations, overdue ones first. Exit code 1 when one is overdue.") { state, overdue, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var page = await installation.Get<EscalationViews>().ListAsync(new EscalationFilter(parsed.GetValue(state), IsOverdue: parsed.GetValue(overdue), Take: 200), cancel);
            if (parsed.GetValue(json)) MailboxCommand.Print(console, page);
            else Show(console, page);
            return page.Counts.Overdue > 0 ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole console, EscalationPage page)
    {
        if (page.Items.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Id", "Severity", "Stands", "Due (UTC)", "Subject", "From", "Message");
            foreach (var e in page.Items)
                table.AddRow(new Text($"{e.Id}"), new Text($"{e.Severity}"), new Text(e.State switch { EscalationState.Claimed => $"{e.ClaimedBy} is at it", EscalationState.Resolved => $"settled by {e.ResolvedBy}", _ => $"open, level {e.Level}" }),
                    new Text($"{e.DueAt?.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-"}{(e.IsOverdue ? " overdue" : "")}"), new Text(e.Subject), new Text(e.From.Address), new Text($"{e.MessageId}"));
            console.Write(table);
        }
        console.MarkupLineInterpolated($"{page.Counts.Open:N0} open, {page.Counts.Claimed:N0} taken on, {page.Counts.Overdue:N0} overdue.");
    }

    private static Command Open(IAnsiConsole console)
    {
        var (message, reason, severity, by) = (new Argument<long>("MESSAGE") { Description = "The message's number." }, new Option<string?>("--reason") { Description = "Why a person is needed." }, new Option<EscalationSeverity?>("--severity") { Description = "low, medium, high or critical; as the service levels say when left out." }, By());
        var command = new Command("open", "Calls a person for a message.") { message, reason, severity, by };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var number = parsed.GetValue(message);
            var id = await installation.Get<EscalationPeople>().OpenAsync(new OpenEscalation(number, parsed.GetValue(reason), parsed.GetValue(severity)), parsed.GetValue(by)!, cancel) ?? throw new CommandException($"There is no message {number}.");
            console.MarkupLineInterpolated($"Escalation {id} is open.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Do(IAnsiConsole console, string verb, string text)
    {
        var (id, by, note) = (new Argument<long>("ESCALATION") { Description = "Its number, as listed." }, By(), new Option<string?>("--note") { Description = "How it was settled." });
        var command = new Command(verb, text) { id, by };
        if (verb == "resolve") command.Options.Add(note);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var (people, number, actor) = (installation.Get<EscalationPeople>(), parsed.GetValue(id), parsed.GetValue(by)!);
            var outcome = await (verb switch { "claim" => people.ClaimAsync(number, actor, cancel), "release" => people.ReleaseAsync(number, actor, cancel), _ => people.ResolveAsync(number, actor, parsed.GetValue(note), cancel) });
            var view = await installation.Get<EscalationViews>().FindAsync(number, cancel) ?? throw new CommandException($"There is no escalation {number}. See: emailops escalations list");
            if (outcome != WriteOutcome.Done) throw new CommandException(view.State switch { EscalationState.Resolved => $"{view.ResolvedBy} settled it already.", EscalationState.Claimed => $"{view.ClaimedBy} has taken it on.", _ => "Nobody has taken it on." });
            console.MarkupLineInterpolated($"Escalation {number}: {view.State.ToString().ToLowerInvariant()}.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Levels(IAnsiConsole console)
    {
        var address = new Option<string?>("--mailbox") { Description = "Of this mailbox; without it: for all that have none of their own." };
        var save = new Option<FileInfo?>("--save") { Description = "Keep the plan in this file (JSON, as this command prints it)." };
        var by = By();
        var command = new Command("levels", "Prints the service levels as JSON, or keeps those of a file.") { address, save, by };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var store = installation.Get<ServiceLevelStore>();
            var mailbox = parsed.GetValue(address) is { } named ? (await MailboxCommand.FindAsync(installation, named, cancel)).Id : 0;
            var view = (await store.FindAsync(mailbox, cancel))!;
            if (parsed.GetValue(save) is { } file)
            {
                ServiceLevelPlan plan;
                try
                {
                    plan = Sql.FromJson<ServiceLevelPlan>(await File.ReadAllTextAsync(file.FullName, cancel));
                }
                catch (System.Text.Json.JsonException wrong)
                {
                    throw new CommandException($"{file.Name} is not the JSON that this command prints: {wrong.Message}");
                }
                if (ServiceLevelRules.Problem(plan) is { } problem) throw new CommandException(problem);
                if (await store.SaveAsync(mailbox, view.Version, plan, parsed.GetValue(by)!, cancel) != WriteOutcome.Done) throw new CommandException("Somebody changed it meanwhile. Look again, then decide anew.");
                view = (await store.FindAsync(mailbox, cancel))!;
            }
            console.Profile.Out.Writer.WriteLine(System.Text.Json.JsonSerializer.Serialize(view.Plan, s_indented));
            return CliHost.Done;
        });
        return command;
    }
}
