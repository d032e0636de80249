using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Alerts;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Alerting;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops alerts</c>: what the built-in monitor found, and what people say to it.</summary>
internal static class AlertsCommand
{
    private const string Actor = "emailops";

    public static Command Create(IAnsiConsole console) => new("alerts", """
        Shows what is wrong, as the built-in monitor sees it, and lets people answer.

        Examples:
          emailops alerts list                      what fires now; exit code 1 when something does
          emailops alerts list --history --take 20
          emailops alerts acknowledge 12 --note "looking at it"
          emailops alerts silence EmailQueueBacklog --minutes 60 --reason "import of the archive"
          emailops alerts silences                  those in force; emailops alerts unsilence 3 ends one
          emailops alerts rules > alerts.yaml       the same rules for Prometheus, with this installation's thresholds
        """)
    {
        List(console), Acknowledge(console), Silence(console), Silences(console), Unsilence(console), Rules(console),
    };

    private static Command List(IAnsiConsole console)
    {
        var (json, history, take) = (new Option<bool>("--json") { Description = "The same as GET /alerts." }, new Option<bool>("--history") { Description = "Those that are over, newest first." }, new Option<int>("--take") { Description = "At most, 1 to 200.", DefaultValueFactory = _ => 50 });
        take.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 200) r.AddError("--take is between 1 and 200."); });
        var command = new Command("list", "What fires now. Exit code 1 when something fires that nobody silenced, or when nobody looks.") { json, history, take };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var view = await installation.Get<AlertDesk>().ListAsync(parsed.GetValue(history) ? AlertState.Resolved : AlertState.Firing, null, null, parsed.GetValue(take), cancel);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else Show(console, view);
            return !parsed.GetValue(history) && (view.MonitorProblem is not null || view.Alerts.Any(a => !a.IsSilenced)) ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static Command Acknowledge(IAnsiConsole console)
    {
        var (id, note) = (new Argument<long>("number") { Description = "As emailops alerts list shows it." }, new Option<string?>("--note") { Description = "What is being done." });
        note.Validators.Add(r => { if (r.GetValueOrDefault<string?>()?.Length > AlertDesk.MostNote) r.AddError($"--note has at most {AlertDesk.MostNote} characters."); });
        var command = new Command("acknowledge", "Says that somebody looks at it: it is not told again.") { id, note };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            if (await installation.Get<AlertDesk>().AcknowledgeAsync(parsed.GetValue(id), Actor, parsed.GetValue(note), cancel) is not { } done) throw new CommandException($"There is no alert {parsed.GetValue(id)}.");
            if (!done.IsDone) throw new CommandException($"{done.Alert.Name} does not fire any more.");
            console.MarkupLineInterpolated($"Acknowledged: {done.Alert.Name}. {done.Alert.Message}");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Silence(IAnsiConsole console)
    {
        var name = new Argument<string>("alert") { Description = "Its name, such as EmailQueueBacklog." };
        var subject = new Option<string?>("--subject") { Description = "Only what was measured of this, such as a mailbox." };
        var minutes = new Option<int>("--minutes") { Description = $"For how long, 1 to {AlertDesk.MostMinutes}.", DefaultValueFactory = _ => 60 };
        var reason = new Option<string?>("--reason") { Description = "Shown to everybody." };
        minutes.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > AlertDesk.MostMinutes) r.AddError($"--minutes is between 1 and {AlertDesk.MostMinutes}."); });
        reason.Validators.Add(r => { if (r.GetValueOrDefault<string?>()?.Length > AlertDesk.MostNote) r.AddError($"--reason has at most {AlertDesk.MostNote} characters."); });
        var command = new Command("silence", "Keeps an alert, and tells it to nobody for a while.") { name, subject, minutes, reason };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var made = await installation.Get<AlertDesk>().SilenceAsync(new SilenceAlert(parsed.GetValue(name)!, parsed.GetValue(subject), parsed.GetValue(minutes), parsed.GetValue(reason)), Actor, cancel);
            console.MarkupLineInterpolated($"Silence {made.Id}: {made.Name} until {At(made.Until)}.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Silences(IAnsiConsole console)
    {
        var command = new Command("silences", "Silences in force.");
        command.SetAction(async (_, cancel) =>
        {
            await using var installation = Installation.Open();
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Number", "Alert", "Of", "Until", "By", "Why");
            foreach (var silence in await installation.Get<AlertDesk>().SilencesAsync(cancel))
                table.AddRow(Text($"{silence.Id}"), Text(silence.Name), Text(silence.Subject ?? "anything"), Text(At(silence.Until)), Text(silence.By), Text(silence.Reason ?? ""));
            console.Write(table);
            return CliHost.Done;
        });
        return command;
    }

    private static Command Unsilence(IAnsiConsole console)
    {
        var id = new Argument<long>("number") { Description = "As emailops alerts silences shows it." };
        var command = new Command("unsilence", "Ends a silence now.") { id };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            if (!await installation.Get<AlertDesk>().EndSilenceAsync(parsed.GetValue(id), Actor, cancel)) throw new CommandException($"There is no silence {parsed.GetValue(id)} in force.");
            console.WriteLine("It is told again.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Rules(IAnsiConsole console)
    {
        var command = new Command("rules", "Prints the rules in force as a rule file of Prometheus.");
        command.SetAction(async (_, _) =>
        {
            await using var installation = Installation.Open();
            console.Profile.Out.Writer.Write(PrometheusRules.Render(installation.Get<AlertsOptions>().InForce()));
            return CliHost.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole console, AlertsView view)
    {
        if (view.MonitorProblem is { } problem) console.MarkupLineInterpolated($"[red]{problem}[/]");
        if (view.Alerts.Count == 0)
        {
            console.WriteLine("Nothing.");
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Number", "Severity", "Alert", "What", "Since", "State");
        foreach (var alert in view.Alerts)
        {
            var state = alert.ResolvedAt is { } over ? $"over {At(over)}" : alert.IsSilenced ? "silenced" : alert.AcknowledgedBy is { } by ? $"{by}{(alert.Note is { } note ? $": {note}" : "")}" : "fires";
            table.AddRow(Text($"{alert.Id}"), Text($"{alert.Severity}"), Text(alert.Name), Text(alert.Message), Text(At(alert.FiredAt ?? alert.BeganAt)), Text(state));
        }
        console.Write(table);
        console.MarkupLineInterpolated($"What to do: docs/runbook, or /runbook in the console: {string.Join(", ", view.Alerts.Select(a => a.RunbookPage).Distinct())}");
    }

    private static string Text(string text) => Markup.Escape(text);

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
